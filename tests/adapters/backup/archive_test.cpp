#include "adapters/backup/archive.hpp"

#include "core/domain/base/text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace mb;
using namespace mb::backup;

namespace {

class folder {
public:
    folder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "mb-backup-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~folder() { std::filesystem::remove_all(path_); }
    folder(folder const&) = delete;
    folder& operator=(folder const&) = delete;
    std::string operator/(std::string const& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

std::string content_of(std::string const& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Hands a text out in pieces of a size.
content_source pieces_of(std::string text, std::size_t size)
{
    return [text = std::move(text), size, at = std::size_t{0}](std::span<char> into) mutable -> outcome<std::size_t> {
        auto const bytes = std::min({size, into.size(), text.size() - at});
        std::copy_n(text.data() + at, bytes, into.data());
        at += bytes;
        return bytes;
    };
}

manifest const about{"0.1.0", "sqlite", 7, from_micros(1'769'250'600'123'000)};
outcome<void> take_all(manifest const&) { return {}; }

struct files {
    folder in;
    int next = 0;

    std::string archive(std::string const& content, std::size_t piece = 100'000)
    {
        auto const path = in / std::to_string(next++);
        auto const file = make_private_file(path);
        REQUIRE(file);
        auto const made = write_archive(about, pieces_of(content, piece), *file);
        REQUIRE(made);
        auto text = content_of(path);
        CHECK(made->bytes < text.size());
        return text;
    }
    /// @return the content
    outcome<std::string> read(std::string const& archive, std::size_t piece = 100'000, manifest_judge const& judge = take_all)
    {
        auto const path = in / std::to_string(next++);
        MB_TRY(auto const file, make_private_file(path));
        MB_CHECK(read_archive(pieces_of(archive, piece), judge, file));
        return content_of(path);
    }
};

}  // namespace

TEST_CASE_METHOD(files, "what was written comes back, of any size, in any pieces, with its manifest", "[backup][archive]")
{
    auto const size = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{90}, std::size_t{91}, std::size_t{92}, std::size_t{300'000});
    auto const piece = GENERATE(std::size_t{1}, std::size_t{91}, std::size_t{100'000});
    if (size > 1000 && piece == 1) return;
    std::string content(size, '\0');
    for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 31);
    manifest said;
    auto const found = read(archive(content, piece), piece, [&](manifest const& of) -> outcome<void> {
        said = of;
        return {};
    });
    REQUIRE(found);
    CHECK(*found == content);
    CHECK(said == about);
}

TEST_CASE_METHOD(files, "a content that looks like an end or a manifest is content", "[backup][archive]")
{
    auto const inner = archive("x");
    auto const found = read(archive(inner + "\n\nend " + inner));
    REQUIRE(found);
    CHECK(*found == inner + "\n\nend " + inner);
}

TEST_CASE_METHOD(files, "a backup that was cut at any byte, or has one more, is refused", "[backup][archive]")
{
    auto const whole = archive(std::string(200, 'x'));
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
        auto const found = read(whole.substr(0, bytes));
        REQUIRE_FALSE(found);
        REQUIRE(found.error().code == errc::corrupt);
    }
    CHECK_FALSE(read(whole + "x"));
    CHECK_FALSE(read(whole + whole));
}

TEST_CASE_METHOD(files, "a backup of which any byte was altered is refused", "[backup][archive]")
{
    auto const whole = archive(std::string(200, 'x'));
    for (std::size_t at = 0; at < whole.size(); ++at) {
        auto altered = whole;
        altered[at] = static_cast<char>(altered[at] ^ 1);
        REQUIRE_FALSE(read(altered));
    }
}

TEST_CASE_METHOD(files, "what is no backup, and a backup of a format to come, are told apart", "[backup][archive]")
{
    auto const told = [&](std::string const& text) {
        auto const found = read(text);
        REQUIRE_FALSE(found);
        return found.error().detail;
    };
    CHECK(told("SQLite format 3" + std::string(2000, '\0')).find("no backup") != std::string::npos);
    CHECK(told("").find("no backup") != std::string::npos);
    CHECK(told("MetaBuilder backup 2\n\n").find("newer") != std::string::npos);
    CHECK(told("MetaBuilder backup 1\nprogram " + std::string(2000, 'x')).find("manifest") != std::string::npos);
    CHECK(told("MetaBuilder backup 1\n\n").find("manifest") != std::string::npos);
    for (auto const* rest :
         {"engine sqlite\nschema 1\ncreated 2026-01-24T10:30:00.000Z\n\n", "program 1\nengine x\nschema -1\ncreated 2026-01-24T10:30:00.000Z\n\n",
          "program 1\nengine x\nschema 1x\ncreated 2026-01-24T10:30:00.000Z\n\n", "program 1\nengine x\nschema 1\ncreated yesterday\n\n",
          "program 1\nengine x\nschema 1\ncreated 2026-01-24T10:30:00.000Z\nmore 1\n\n"})
        CHECK(told("MetaBuilder backup 1\n" + std::string(rest)).find("manifest") != std::string::npos);
}

TEST_CASE_METHOD(files, "whoever judges the manifest ends the reading before any content is written", "[backup][archive]")
{
    auto const whole = archive(std::string(300'000, 'x'));
    auto const path = in / "refused";
    auto const file = make_private_file(path);
    REQUIRE(file);
    auto const refused = read_archive(
        pieces_of(whole, 1000),
        [](manifest const&) -> outcome<void> {
            return error{errc::corrupt, "test", "no"};
        },
        *file);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().detail == "no");
    CHECK(content_of(path).empty());
}

TEST_CASE_METHOD(files, "a source that fails makes no backup", "[backup][archive]")
{
    auto const path = in / "failed";
    auto const file = make_private_file(path);
    REQUIRE(file);
    int calls = 0;
    auto const source = [&](std::span<char> into) -> outcome<std::size_t> {
        if (++calls == 3) return error{errc::unavailable, "test", "gone"};
        std::fill(into.begin(), into.end(), 'x');
        return into.size();
    };
    CHECK_FALSE(write_archive(about, source, *file));
    CHECK_FALSE(read(content_of(path)));
}

TEST_CASE_METHOD(files, "a file is private, is never made over another, and gets its name only at the end", "[backup][files]")
{
    auto const file = make_private_file(in / "draft");
    REQUIRE(file);
    REQUIRE(file->write("content"));
    auto const mode = std::filesystem::status(in / "draft").permissions();
    CHECK(mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    CHECK_FALSE(make_private_file(in / "draft"));
    REQUIRE(publish(in / "draft", in / "named"));
    CHECK_FALSE(std::filesystem::exists(in / "draft"));
    CHECK(content_of(in / "named") == "content");
    REQUIRE(make_private_file(in / "second"));
    CHECK_FALSE(publish(in / "second", in / "named"));
    CHECK(content_of(in / "named") == "content");
    CHECK_FALSE(open_to_read(in / "absent"));
    CHECK_FALSE(make_private_file(in / "absent/file"));
}
