"""What must hold in a Dockerfile, a compose file and Kubernetes manifests. Each function returns one line for each violation."""

import json
import re

SECRET_NAME = re.compile(r"KEY|SECRET|PASSWORD|PASSPHRASE|PEPPER|SALT|TOKEN|CREDENTIAL")
LIVE, READY = "/api/v1/health/live", "/api/v1/health/ready"


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


def environment_of(service):
    given = service.get("environment") or {}
    return given if isinstance(given, dict) else dict(each.split("=", 1) for each in given)


def loose_secrets(where, variables):
    """Secrets that stand in a manifest instead of a file."""
    for name, value in variables.items():
        if not name.endswith("_FILE") and (SECRET_NAME.search(name) or re.search(r"://[^/\s]*:[^/\s]*@", str(value))):
            yield f"{where}: {name} belongs into a file"


def compose(given):
    found, networks, secrets = [], given.get("networks", {}), given.get("secrets", {})
    for name, service in given["services"].items():
        image = service.get("image", "")
        say = lambda what, name=name: found.append(f"{name}: {what}")
        if not is_pinned(image):
            say(f"image {image} is not pinned")
        if service.get("read_only") is not True:
            say("the root can be written")
        if service.get("cap_drop") != ["ALL"] or service.get("cap_add"):
            say("keeps capabilities")
        if "no-new-privileges:true" not in service.get("security_opt", []):
            say("may gain privileges")
        if not re.fullmatch(r"[1-9]\d*:[1-9]\d*", str(service.get("user", ""))):
            say("runs as root, or as whom the image says")
        for key in ("privileged", "network_mode", "pid", "ipc", "devices"):
            if key in service:
                say(f"{key}: shares what is the machine's")
        if not service.get("healthcheck", {}).get("test"):
            say("has no health check")
        limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
        found += [f"{name}: no limit of {key}" for key in ("cpus", "memory", "pids") if key not in limits]
        if "max-size" not in service.get("logging", {}).get("options", {}):
            say("its log may fill the disk")
        found += [f"{name}: {each} can be executed" for each in service.get("tmpfs", []) if "noexec" not in each or "size=" not in each]
        for each in service.get("volumes", []):
            source = each.split(":")[0]
            if source.startswith((".", "/", "~")) and not each.endswith(":ro"):
                say(f"may write {source}")
            if "docker.sock" in each:
                say("holds the machine")
        found += loose_secrets(name, environment_of(service))
        found += [f"{name}: secret {each} is not declared" for each in service.get("secrets", []) if each not in secrets]
        found += [f"{name}: {path} is no secret of it" for path in map(str, environment_of(service).values())
                  if path.startswith("/run/secrets/") and path.split("/")[-1] not in service.get("secrets", [])]
        if service.get("ports") and name != "proxy":
            say("is published")
        on = list(service.get("networks", []))
        if not on:
            say("is on the default network")
        if name in ("database", "memory") and not all(networks[each].get("internal") for each in on):
            say("is on a network that leads outside")
    found += [f"secret {name}: not from a file" for name, secret in secrets.items() if "file" not in secret]
    return found


def of_kind(documents, kind):
    return [each for each in documents if each["kind"] == kind]


def kubernetes(documents):
    found = [f"{each['metadata']['name']}: a Secret has no place in a repository" for each in of_kind(documents, "Secret")]
    namespaces = of_kind(documents, "Namespace")
    if not namespaces or any(each["metadata"].get("labels", {}).get("pod-security.kubernetes.io/enforce") != "restricted" for each in namespaces):
        found.append("the restricted profile is not enforced")
    for account in of_kind(documents, "ServiceAccount"):
        if account.get("automountServiceAccountToken") is not False:
            found.append("the account's token is mounted")
    for config in of_kind(documents, "ConfigMap"):
        found += loose_secrets("ConfigMap", config["data"])
        found += [f"ConfigMap: {name} is not a string" for name, value in config["data"].items() if not isinstance(value, str)]
    deployments = of_kind(documents, "Deployment")
    if not deployments:
        found.append("no Deployment")
    for deployment in deployments:
        found += list(workload(deployment, documents))
    found += list(network(documents))
    return found


def workload(deployment, documents):
    spec = deployment["spec"]
    pod, labels = spec["template"]["spec"], spec["template"]["metadata"]["labels"]
    if spec["selector"]["matchLabels"] != labels:
        yield "the Deployment doesn't select its own pods"
    if spec.get("replicas", 1) < 2:
        yield "one replica only"
    if pod.get("automountServiceAccountToken") is not False:
        yield "the pod mounts a token"
    if pod.get("enableServiceLinks") is not False:
        yield "variables of services would be taken for settings"
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(key):
            yield f"{key}: shares what is the node's"
    context = pod.get("securityContext", {})
    if context.get("runAsNonRoot") is not True or not context.get("runAsUser") or context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "the pod's securityContext is not restricted"
    for container in pod["containers"]:
        own = container.get("securityContext", {})
        if own.get("allowPrivilegeEscalation") is not False or own.get("readOnlyRootFilesystem") is not True or own.get("capabilities", {}).get("drop") != ["ALL"]:
            yield "the container's securityContext is not restricted"
        if not is_pinned(container["image"]):
            yield f"image {container['image']} is not pinned"
        for probe, path in (("startupProbe", LIVE), ("livenessProbe", LIVE), ("readinessProbe", READY)):
            asked = container.get(probe, {}).get("httpGet", {})
            if asked.get("path") != path:
                yield f"{probe} doesn't ask {path}"
            if not any(field["name"] == "Host" for field in asked.get("httpHeaders", [])):
                yield f"{probe} names no host, and would be refused"
        pause = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        if not pause:
            yield "no preStop: proxies would still send requests to a replica that ends"
        if pod.get("terminationGracePeriodSeconds", 30) < pause + 30:
            yield "it would be killed while requests finish"
        resources = container.get("resources", {})
        if not {"cpu", "memory"} <= resources.get("requests", {}).keys() or "memory" not in resources.get("limits", {}):
            yield "no resources"
        yield from loose_secrets("container", {each["name"]: each.get("value", "") for each in container.get("env", []) if "valueFrom" not in each})
        secret_volumes = {each["name"] for each in pod.get("volumes", []) if "secret" in each}
        if not secret_volumes:
            yield "no secret as files"
        for mount in container.get("volumeMounts", []):
            if mount["name"] in secret_volumes and mount.get("readOnly") is not True:
                yield "secrets can be written"
    for volume in pod.get("volumes", []):
        if "hostPath" in volume:
            yield "a folder of the node is mounted"
        if "emptyDir" in volume and "sizeLimit" not in volume["emptyDir"]:
            yield f"volume {volume['name']} has no limit"
    budgets = [each for each in of_kind(documents, "PodDisruptionBudget") if each["spec"]["selector"]["matchLabels"] == labels]
    if not budgets or not 0 < budgets[0]["spec"].get("minAvailable", 0) < spec.get("replicas", 1):
        yield "no disruption budget that keeps one and lets one go"
    services = [each for each in of_kind(documents, "Service") if each["spec"]["selector"] == labels]
    if not services:
        yield "no Service selects the pods"


def network(documents):
    policies = of_kind(documents, "NetworkPolicy")
    closed = [each for each in policies if each["spec"]["podSelector"] == {} and not each["spec"].get("ingress") and not each["spec"].get("egress")]
    if not any(set(each["spec"].get("policyTypes", [])) == {"Ingress", "Egress"} for each in closed):
        yield "no policy denies everything by default, in and out"
    for policy in policies:
        for direction, peer in (("ingress", "from"), ("egress", "to")):
            for rule in policy["spec"].get(direction, []):
                if not rule.get(peer):
                    yield f"{policy['metadata']['name']}: {direction} with anybody"
                if not rule.get("ports"):
                    yield f"{policy['metadata']['name']}: {direction} on any port"
