#pragma once

#include "adapters/backup/descriptor.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/base/outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace mb::backup {

/// What a backup says about itself before its content (docs/adr/0022-backup-file.md).
struct manifest {
    std::string program;  ///< version of the program that made it
    std::string engine;   ///< "sqlite" or "postgresql": whose content it is
    int schema = 0;       ///< last migration that ran
    instant created{};
    friend bool operator==(manifest const&, manifest const&) = default;
};

/// What was written or read: manifest, content and nothing behind.
struct extent {
    std::uint64_t bytes = 0;
    std::string sha256;  ///< hexadecimal
    friend bool operator==(extent const&, extent const&) = default;
};

/// Fills a buffer from the content, and answers how much it put there: 0 at the end. Its error means that the content isn't whole.
using content_source = std::function<outcome<std::size_t>(std::span<char>)>;
/// Judges the manifest before any content is written; its error ends the reading.
using manifest_judge = std::function<outcome<void>(manifest const&)>;

/// Writes manifest, content, and a last line with the digest of both: a file that was cut or altered anywhere is no backup.
/// @error unavailable  that can't be written; or the source's error
outcome<extent> write_archive(manifest const& about, content_source const& content, descriptor const& to);

/// Reads what write_archive() wrote, and leaves the content at `to`, which holds nothing of use where an error is returned.
/// @error corrupt  it is no backup, is of another format, was cut, altered, or has something behind its end. @error unavailable; or the judge's error
outcome<extent> read_archive(content_source const& from, manifest_judge const& judge, descriptor const& to);

}  // namespace mb::backup
