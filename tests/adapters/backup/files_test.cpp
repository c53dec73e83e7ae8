#include "adapters/backup/age.hpp"
#include "adapters/backup/descriptor.hpp"

#include <catch2/catch.hpp>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace mb;
using namespace mb::backup;

namespace {

/// A folder of one test.
class workplace {
public:
    workplace()
    {
        auto name = (std::filesystem::temp_directory_path() / "mb-backup-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~workplace() { std::filesystem::remove_all(path_); }
    workplace(workplace const&) = delete;
    workplace& operator=(workplace const&) = delete;
    std::string operator/(char const* name) const { return (path_ / name).string(); }
    std::string put(char const* name, std::string const& text) const
    {
        std::ofstream(path_ / name, std::ios::binary) << text;
        return *this / name;
    }

private:
    std::filesystem::path path_;
};

std::string text_in(std::string const& path)
{
    std::ifstream from(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(from), {}};
}

template <class T>
std::string refusal(outcome<T> const& got)
{
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::unavailable);
    return got.error().detail;
}

std::string rest_of(descriptor const& from)
{
    std::string all;
    std::array<char, 4096> piece{};
    for (;;) {
        auto const bytes = from.read(piece);
        REQUIRE(bytes);
        if (*bytes == 0) return all;
        all.append(piece.data(), *bytes);
    }
}

/// A key pair of age: its file, and the public half.
std::pair<std::string, std::string> key_pair(workplace const& place, char const* name)
{
    auto const file = place / name;
    auto const nothing = open_to_read("/dev/null");
    auto const nowhere = open_to_write("/dev/null");
    auto made = child::start({"age-keygen", "-o", file}, *nothing, *nowhere);
    REQUIRE(made);
    REQUIRE(made->wait());
    auto const text = text_in(file);
    auto const at = text.find("age1");
    return {file, text.substr(at, text.find('\n', at) - at)};
}

void encrypt(std::string const& text, std::vector<std::string> const& recipients, std::string const& path)
{
    auto const to = make_private_file(path);
    REQUIRE(to);
    auto age = encrypt_with_age(recipients, *to);
    REQUIRE(age);
    REQUIRE(age->pipe.write(text));
    age->pipe.close();
    REQUIRE(age->program.wait());
}

}  // namespace

TEST_CASE("a private file is new, its owner's alone, and follows no link", "[backup][files]")
{
    workplace const place;
    REQUIRE(make_private_file(place / "file"));
    CHECK(std::filesystem::status(place / "file").permissions() == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    CHECK(refusal(make_private_file(place / "file")).find("file") != std::string::npos);
    std::filesystem::create_symlink(place / "target", place / "link");
    refusal(make_private_file(place / "link"));
    CHECK_FALSE(std::filesystem::exists(place / "target"));
    refusal(make_private_file(place / "none/file"));
}

TEST_CASE("what is not there can be opened neither to read nor to write", "[backup][files]")
{
    workplace const place;
    refusal(open_to_read(place / "none"));
    refusal(open_to_write(place / "none"));
    CHECK_FALSE(std::filesystem::exists(place / "none"));
}

TEST_CASE("a full disk, a folder and a closed descriptor are told", "[backup][files]")
{
    workplace const place;
    auto const full = open_to_write("/dev/full");
    REQUIRE(full);
    CHECK(refusal(full->write("text")).starts_with("writing: "));
    std::array<char, 8> piece{};
    auto const folder = open_to_read(std::filesystem::temp_directory_path());
    REQUIRE(folder);
    CHECK(refusal(folder->read(piece)).starts_with("reading: "));
    descriptor const closed;
    refusal(closed.read(piece));
    refusal(closed.write("text"));
    refusal(closed.sync());
}

TEST_CASE("a finished file gets its name, and the draft is gone", "[backup][files]")
{
    workplace const place;
    auto const draft = place.put("draft", "whole");
    REQUIRE(publish(draft, place / "file"));
    CHECK(text_in(place / "file") == "whole");
    CHECK_FALSE(std::filesystem::exists(draft));
}

TEST_CASE("no file is published in the place of another", "[backup][files]")
{
    workplace const place;
    auto const draft = place.put("draft", "new");
    auto const taken = place.put("file", "old");
    CHECK(refusal(publish(draft, taken)).starts_with(taken));
    CHECK(text_in(taken) == "old");
    CHECK(std::filesystem::exists(draft));
    refusal(publish(place / "none", place / "other"));
}

TEST_CASE("a name without a folder is published where the process is", "[backup][files]")
{
    workplace const place;
    place.put("draft", "whole");
    auto const before = std::filesystem::current_path();
    std::filesystem::current_path(place / ".");
    auto const done = publish("draft", "file");
    std::filesystem::current_path(before);
    REQUIRE(done);
    CHECK(text_in(place / "file") == "whole");
}

TEST_CASE("a file begins as age begins one, or it is not encrypted", "[backup][age]")
{
    workplace const place;
    for (auto const* const text : {"age-encryption.org/v1\n-> X25519", "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl"})
        CHECK(*is_encrypted(place.put("file", text)));
    for (auto const* const text : {"", "age", "MetaBuilder backup 1\n", " age-encryption.org/v1\n", "-----BEGIN CERTIFICATE-----\n"})
        CHECK_FALSE(*is_encrypted(place.put("file", text)));
    refusal(is_encrypted(place / "none"));
}

TEST_CASE("what age encrypted it decrypts for each recipient and for nobody else", "[backup][age]")
{
    workplace const place;
    auto const first = key_pair(place, "first");
    auto const second = key_pair(place, "second");
    auto const stranger = key_pair(place, "stranger");
    std::string const text(200'000, 'x');
    encrypt(text, {first.second, second.second}, place / "sealed");
    CHECK(*is_encrypted(place / "sealed"));
    CHECK(text_in(place / "sealed").find("xxxx") == std::string::npos);
    for (auto const* each : {&first, &second}) {
        auto const from = open_to_read(place / "sealed");
        REQUIRE(from);
        auto age = decrypt_with_age(each->first, *from);
        REQUIRE(age);
        CHECK(rest_of(age->pipe) == text);
        CHECK(age->program.wait());
    }
    auto const from = open_to_read(place / "sealed");
    REQUIRE(from);
    auto age = decrypt_with_age(stranger.first, *from);
    REQUIRE(age);
    CHECK(rest_of(age->pipe).empty());
    CHECK(refusal(age->program.wait()).starts_with("age ended with status"));
}

TEST_CASE("a recipient that is none is told when age has ended", "[backup][age]")
{
    workplace const place;
    auto const to = make_private_file(place / "sealed");
    REQUIRE(to);
    auto age = encrypt_with_age({"no-recipient"}, *to);
    REQUIRE(age);
    age->pipe.close();
    CHECK(refusal(age->program.wait()).starts_with("age ended with status"));
}
