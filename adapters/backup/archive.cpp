#include "adapters/backup/archive.hpp"

#include "adapters/openssl/mac.hpp"
#include "adapters/openssl/running_sha256.hpp"
#include "core/domain/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace mb::backup {
namespace {

constexpr char const* in_archive = "backup.archive";
constexpr std::string_view first_line = "MetaBuilder backup 1\n";
constexpr std::string_view last_word = "\nend ";
constexpr std::size_t manifest_bytes_max = 1024;
constexpr std::size_t buffer_bytes = 256 * 1024;
// "\nend <20 digits> <64 hexadecimal digits>\n"
constexpr std::size_t length_digits = 20;
constexpr std::size_t end_bytes = last_word.size() + length_digits + 1 + 64 + 1;

error damaged(char const* how) { return {errc::corrupt, in_archive, how}; }

/// Everything that passes is counted into the digest.
class tally {
public:
    void add(std::string_view bytes)
    {
        digest_.add(bytes);
        bytes_ += bytes.size();
    }
    extent finish() { return {bytes_, hex(openssl::bytes_of(digest_.finish()))}; }

private:
    openssl::running_sha256 digest_;
    std::uint64_t bytes_ = 0;
};

std::string end_of(extent const& all)
{
    auto const digits = std::to_string(all.bytes);
    return std::string(last_word) + std::string(length_digits - digits.size(), '0') + digits + ' ' + all.sha256 + '\n';
}

std::string text_of(manifest const& about)
{
    return std::string(first_line) + "program " + about.program + "\nengine " + about.engine + "\nschema " + std::to_string(about.schema)
           + "\ncreated " + format_rfc3339(about.created) + "\n\n";
}

/// The rest of a line that begins with a word, cut off from the text.
std::optional<std::string> take_line(std::string_view& text, std::string_view word)
{
    auto const end = text.find('\n');
    if (end == std::string_view::npos || !text.starts_with(word) || text.size() <= word.size() || text[word.size()] != ' ') return std::nullopt;
    std::string rest(text.substr(word.size() + 1, end - word.size() - 1));
    text.remove_prefix(end + 1);
    return rest;
}

/// @param text  from the second line to the empty one
std::optional<manifest> parse(std::string_view text)
{
    auto const program = take_line(text, "program");
    auto const engine = take_line(text, "engine");
    auto const schema = take_line(text, "schema");
    auto const created = take_line(text, "created");
    if (!program || !engine || !schema || !created || text != "\n") return std::nullopt;
    manifest made{*program, *engine, 0, {}};
    auto const* const schema_end = schema->data() + schema->size();
    auto const [end, failed] = std::from_chars(schema->data(), schema_end, made.schema);
    auto const at = parse_rfc3339(*created);
    if (failed != std::errc{} || end != schema_end || made.schema < 0 || !at) return std::nullopt;
    made.created = *at;
    return made;
}

/// Reads a source in pieces, and always knows the last bytes apart: they may be the end.
class reader {
public:
    explicit reader(content_source const& from) : from_(from), buffer_(buffer_bytes) {}

    /// @return false at the end of the source
    outcome<bool> read_more()
    {
        MB_TRY(auto const bytes, from_(buffer_));
        kept_.append(buffer_.data(), bytes);
        return bytes > 0;
    }
    std::string const& kept() const noexcept { return kept_; }
    std::string take(std::size_t bytes)
    {
        auto taken = kept_.substr(0, bytes);
        kept_.erase(0, bytes);
        return taken;
    }

private:
    content_source const& from_;
    std::vector<char> buffer_;
    std::string kept_;
};

outcome<manifest> read_manifest(reader& from, tally& all)
{
    bool more = true;
    std::size_t end = std::string::npos;
    while ((end = from.kept().find("\n\n")) == std::string::npos && more && from.kept().size() < manifest_bytes_max) {
        MB_TRY(more, from.read_more());
    }
    constexpr std::string_view kind = "MetaBuilder backup ";
    if (!from.kept().starts_with(kind)) return damaged("this is no backup of MetaBuilder");
    if (!from.kept().starts_with(first_line)) return damaged("the backup has a format that this program doesn't know: a newer one made it");
    if (end == std::string::npos || end + 2 > manifest_bytes_max) return damaged("the backup's manifest can't be read");
    auto const text = from.take(end + 2);
    all.add(text);
    auto about = parse(std::string_view(text).substr(first_line.size()));
    if (!about) return damaged("the backup's manifest can't be read");
    return *std::move(about);
}

}  // namespace

outcome<extent> write_archive(manifest const& about, content_source const& content, descriptor const& to)
{
    tally all;
    auto const head = text_of(about);
    all.add(head);
    MB_CHECK(to.write(head));
    std::vector<char> buffer(buffer_bytes);
    for (;;) {
        MB_TRY(auto const bytes, content(buffer));
        if (bytes == 0) break;
        std::string_view const piece(buffer.data(), bytes);
        all.add(piece);
        MB_CHECK(to.write(piece));
    }
    auto made = all.finish();
    MB_CHECK(to.write(end_of(made)));
    return made;
}

outcome<extent> read_archive(content_source const& from, manifest_judge const& judge, descriptor const& to)
{
    tally all;
    reader pieces(from);
    MB_TRY(auto const about, read_manifest(pieces, all));
    MB_CHECK(judge(about));
    for (bool more = true; more;) {
        MB_TRY(more, pieces.read_more());
        if (pieces.kept().size() <= end_bytes) continue;
        auto const piece = pieces.take(pieces.kept().size() - end_bytes);
        all.add(piece);
        MB_CHECK(to.write(piece));
    }
    auto found = all.finish();
    if (pieces.kept() != end_of(found)) return damaged("the backup was cut short or altered: its digest is another");
    return found;
}

}  // namespace mb::backup
