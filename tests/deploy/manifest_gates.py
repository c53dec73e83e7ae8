"""What must hold in a Dockerfile. Returns one line for each violation."""

import json
import re

SECRET_NAME = re.compile(r"KEY|SECRET|PASSWORD|PASSPHRASE|PEPPER|SALT|TOKEN|CREDENTIAL")


def is_pinned(image):
    """By digest, or by a tag that names a version down to its second number."""
    if re.search(r"@sha256:[0-9a-f]{64}$", image):
        return True
    tag = re.search(r":([\w.-]+)$", image)
    return tag is not None and re.match(r"v?\d+\.\d+", tag.group(1)) is not None


def instructions(text):
    """[(instruction, arguments)] with continued lines joined and comments gone."""
    lines = re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [(word.upper(), rest.strip()) for word, _, rest in (line.strip().partition(" ") for line in lines) if word]


def is_list(text):
    try:
        return isinstance(json.loads(text), list)
    except ValueError:
        return False


def dockerfile(text, ignored):
    """@param ignored  the text of .dockerignore"""
    found, stages, defaults = [], [], {}
    for word, rest in instructions(text):
        if word == "ARG" and "=" in rest:
            name, _, value = rest.partition("=")
            defaults[name] = value
        if word in ("ARG", "ENV"):
            for name in re.findall(r"(\w+)=", rest):
                if SECRET_NAME.search(name) and not name.endswith("_FILE"):
                    found.append(f"{word} {name}: a secret has no place in an image")
        if word == "ADD":
            found.append("ADD: it fetches and unpacks; COPY does what it says")
        if word == "FROM":
            image, _, name = re.sub(r"\$\{?(\w+)\}?", lambda at: defaults.get(at.group(1), ""), rest).partition(" AS ")
            if image != "scratch" and image not in [each["name"] for each in stages] and not is_pinned(image):
                found.append(f"FROM {image}: not pinned")
            stages.append({"name": name, "base": image, "steps": []})
        elif stages:
            stages[-1]["steps"].append((word, rest))
        if word == "RUN" and re.search(r"(curl|wget)[^|]*\|", rest):
            found.append(f"RUN {rest}: runs what it fetched")
    if not stages:
        return [*found, "no stage"]
    final, words = stages[-1], {}
    for word, rest in final["steps"]:
        words.setdefault(word, []).append(rest)
    if final["base"] != "scratch":
        found.append(f"the last stage is made from {final['base']}, not from scratch")
    if "RUN" in words:
        found.append("the last stage runs something")
    found += [f"COPY {rest}: the last stage takes from another stage only" for rest in words.get("COPY", []) if not rest.startswith("--from=")]
    user = words.get("USER", ["root"])[-1].split(":")[0]
    if not user.isdigit() or int(user) < 1000:
        found.append(f"USER {user}: not a number of its own")
    if not is_list(words.get("ENTRYPOINT", [""])[-1]):
        found.append("ENTRYPOINT: not a list, so a shell would start it and keep the signals")
    check = words.get("HEALTHCHECK", [""])[-1]
    if not is_list(check.partition("CMD ")[2]):
        found.append("HEALTHCHECK: none, or not a list")
    found += [f".dockerignore lacks {name}" for name in (".git", "build", "var", "**/.env", "**/secrets") if name not in ignored.splitlines()]
    return found
