#pragma once

#include "adapters/posix/descriptor.hpp"
#include "core/domain/base/outcome.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace mb::backup {

/// An open file or one end of a pipe; no other program that is started meanwhile has it.
class descriptor : public posix::descriptor {
public:
    using posix::descriptor::descriptor;

    /// @return how many bytes were read, 0 at the end. @error unavailable
    outcome<std::size_t> read(std::span<char> into) const;
    /// @error unavailable  the disk is full, or whoever read has left
    outcome<void> write(std::string_view bytes) const;
    /// @error unavailable
    outcome<void> sync() const;
};

struct pipe_ends {
    descriptor reads;
    descriptor writes;
};
/// @error unavailable
outcome<pipe_ends> make_pipe();

/// @error unavailable  the path can't be read
outcome<descriptor> open_to_read(std::string const& path);
/// Opens what is there already, and changes nothing of it but what is written. @error unavailable
outcome<descriptor> open_to_write(std::string const& path);
/// Makes a file that only its owner can read. @error unavailable  it exists already, or can't be made
outcome<descriptor> make_private_file(std::string const& path);
/// Gives a finished file its name, durably, and never in the place of another. @error unavailable  there is one already
outcome<void> publish(std::string const& draft, std::string const& path);

}  // namespace mb::backup
