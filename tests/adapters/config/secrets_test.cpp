#include "adapters/config/guessable.hpp"
#include "adapters/config/lab_secrets.hpp"
#include "core/domain/base/text.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

using namespace mb;
using namespace mb::config;

namespace {

/// Bytes that look random and differ from draw to draw.
class shuffled final : public ports::randomness {
public:
    explicit shuffled(std::uint64_t seed = 1) noexcept : state_(seed) {}
    void fill(std::span<std::uint8_t> bytes) const noexcept override
    {
        for (auto& byte : bytes) {
            auto x = state_.fetch_add(0x9e3779b97f4a7c15u);
            x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
            x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
            byte = static_cast<std::uint8_t>(x >> 56);
        }
    }

private:
    std::atomic<std::uint64_t> mutable state_;
};

class scratch {
public:
    scratch()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "mb-lab-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~scratch() { std::filesystem::remove_all(path_); }
    std::string path(std::string const& name = "state") const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

settings lab_in(std::string const& state_dir)
{
    settings made;
    made.environment = profile::development;
    made.state_dir = state_dir;
    return made;
}

unsigned mode_of(std::string const& path)
{
    struct stat found {};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    return found.st_mode & 0777;
}

}  // namespace

TEST_CASE("secrets that nobody drew at random are recognised", "[config][secret]")
{
    for (auto const* bad : {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "abababababababababababababababab", "0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d",
                            "Kq3-SECRETO-vB7nXw0LmTtYc6sB1hGd", "Kq3vB7nXw0LmTtYc6-Password-hGd9uJ", "abcdefghijklmnopqrstuvwxyzABCDEF",
                            "Kq3vB7nX87654321w0LmTtYc6sB1hGd9", "123456789", ""}) {
        INFO(bad);
        CHECK(is_guessable(bad));
    }
    CHECK(is_guessable("qwer-uiop-asd-fgh-qwer-uiop-asd-fgh-qwer"));
    CHECK_FALSE(is_guessable("Kq3vB7nXw0LmTtYc6sB1hGd9uJfE2a_oPi5"));
    CHECK_FALSE(is_guessable("abcdefg-Kq3vB7nXw"));  // seven in a row can happen
    CHECK(is_guessable("abcdefgh-Kq3vB7nXw"));
    // nine and ten different characters, in no pattern
    CHECK(is_guessable("caebdfihgdbgcaehfi"));
    CHECK_FALSE(is_guessable("caebdfihgjdbgcaehfi"));
}

TEST_CASE("no random key is refused", "[config][secret]")
{
    shuffled random;
    for (int i = 0; i < 2000; ++i) {
        auto const drawn = ports::new_secret(random, 32);
        REQUIRE_FALSE(is_guessable(drawn.reveal()));
        REQUIRE_FALSE(is_guessable(base64(drawn.reveal())));
        REQUIRE_FALSE(is_guessable(hex(drawn.reveal())));
    }
}

TEST_CASE("a lab makes its secrets once, for itself alone, and reads them back", "[config][lab]")
{
    scratch folder;
    auto const state_dir = folder.path("a/b");
    CHECK_FALSE(has_lab_secrets(state_dir));
    auto first = lab_in(state_dir);
    REQUIRE(fill_lab_secrets(first, shuffled{7}).empty());
    CHECK(has_lab_secrets(state_dir));
    CHECK(first.master_key->size() == 32);
    CHECK(first.jwt_secret->size() == 64);
    CHECK_FALSE(is_guessable(first.jwt_secret->reveal()));
    CHECK(mode_of(state_dir) == 0700);
    CHECK(mode_of(state_dir + "/secrets.env") == 0600);
    CHECK(std::distance(std::filesystem::directory_iterator(state_dir), {}) == 1);  // no draft stays behind

    auto second = lab_in(state_dir);
    REQUIRE(fill_lab_secrets(second, shuffled{8}).empty());
    CHECK(second.master_key->same(*first.master_key));
    CHECK(second.jwt_secret->same(*first.jwt_secret));
}

TEST_CASE("secrets that were given are kept, and nothing is written where both were", "[config][lab]")
{
    scratch folder;
    auto lab = lab_in(folder.path());
    lab.master_key = secret{std::string_view{"given"}};
    REQUIRE(fill_lab_secrets(lab, shuffled{}).empty());
    CHECK(lab.master_key->reveal() == "given");
    CHECK(lab.jwt_secret);

    auto both = lab_in(folder.path("other"));
    both.master_key = secret{std::string_view{"given"}};
    both.jwt_secret = secret{std::string_view{"given"}};
    REQUIRE(fill_lab_secrets(both, shuffled{}).empty());
    CHECK_FALSE(has_lab_secrets(both.state_dir));
}

TEST_CASE("a secrets file that others can read is refused with the command that helps", "[config][lab]")
{
    scratch folder;
    auto lab = lab_in(folder.path());
    REQUIRE(fill_lab_secrets(lab, shuffled{}).empty());
    auto const file = lab.state_dir + "/secrets.env";
    for (unsigned const mode : {0640U, 0604U, 0620U, 0601U}) {
        ::chmod(file.c_str(), mode);
        auto again = lab_in(folder.path());
        CHECK(fill_lab_secrets(again, shuffled{})
              == "❌ Error de configuración: STATE_DIR " + file + ": otros usuarios pueden leerlo; ejecute: chmod 600 " + file);
        CHECK_FALSE(again.master_key);
    }
    ::chmod(file.c_str(), 0400);
    auto again = lab_in(folder.path());
    CHECK(fill_lab_secrets(again, shuffled{}).empty());
}

TEST_CASE("a damaged secrets file is refused and left as it is, and a link is not followed", "[config][lab]")
{
    scratch folder;
    for (auto const* content : {"", "MASTER_KEY=abc\nJWT_SECRET=0123456789012345678901234567890123456789\n", "canary canary\n",
                                "MASTER_KEY=q1m9Yk0vZt7eR3xUuXcB5nHfJ8wLs2aDgPzQoE4iKM0=\nJWT_SECRET=short\n"}) {
        std::filesystem::create_directories(folder.path());
        auto const file = folder.path() + "/secrets.env";
        std::ofstream(file) << content;
        ::chmod(file.c_str(), 0600);
        auto lab = lab_in(folder.path());
        auto const said = fill_lab_secrets(lab, shuffled{});
        CHECK(said.find("está dañado") != std::string::npos);
        CHECK(said.find("canary") == std::string::npos);
        CHECK(std::filesystem::file_size(file) == std::string(content).size());
        std::filesystem::remove(file);
    }
    auto elsewhere = lab_in(folder.path("elsewhere"));
    REQUIRE(fill_lab_secrets(elsewhere, shuffled{}).empty());
    std::filesystem::create_symlink(elsewhere.state_dir + "/secrets.env", folder.path() + "/secrets.env");
    auto lab = lab_in(folder.path());
    CHECK(fill_lab_secrets(lab, shuffled{}).find("no se puede leer") != std::string::npos);
}

TEST_CASE("a state folder that can't be made is named", "[config][lab]")
{
    scratch folder;
    std::ofstream(folder.path("file")) << "x";
    auto lab = lab_in(folder.path("file") + "/state");
    lab.tongue = notify::language::en;
    CHECK(fill_lab_secrets(lab, shuffled{}).find("❌ Configuration error: STATE_DIR can't write " + lab.state_dir) == 0);
}

TEST_CASE("two labs that start at once in one folder have the same secrets", "[config][lab][race]")
{
    for (int round = 0; round < 200; ++round) {
        scratch folder;
        auto one = lab_in(folder.path());
        auto other = lab_in(folder.path());
        std::string said_one, said_other;
        {
            std::jthread const first([&] { said_one = fill_lab_secrets(one, shuffled{static_cast<std::uint64_t>(round)}); });
            std::jthread const second([&] { said_other = fill_lab_secrets(other, shuffled{static_cast<std::uint64_t>(round) + 1'000'000}); });
        }
        REQUIRE(said_one.empty());
        REQUIRE(said_other.empty());
        REQUIRE(one.master_key->same(*other.master_key));
        REQUIRE(one.jwt_secret->same(*other.jwt_secret));
    }
}
