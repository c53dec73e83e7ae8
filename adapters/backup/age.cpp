#include "adapters/backup/age.hpp"

#include <array>
#include <string_view>

namespace mb::backup {

outcome<age_process> encrypt_with_age(std::vector<std::string> const& recipients, descriptor const& to)
{
    std::vector<std::string> command{"age", "--encrypt"};
    for (auto const& each : recipients) {
        command.emplace_back("--recipient");
        command.push_back(each);
    }
    MB_TRY(auto ends, make_pipe());
    MB_TRY(auto program, child::start(command, ends.reads, to));
    return age_process{std::move(program), std::move(ends.writes)};
}

outcome<age_process> decrypt_with_age(std::string const& identity_file, descriptor const& from)
{
    MB_TRY(auto ends, make_pipe());
    MB_TRY(auto program, child::start({"age", "--decrypt", "--identity", identity_file}, from, ends.writes));
    return age_process{std::move(program), std::move(ends.reads)};
}

outcome<bool> is_encrypted(std::string const& path)
{
    MB_TRY(auto const file, open_to_read(path));
    std::array<char, 64> begin{};
    MB_TRY(auto const bytes, file.read(begin));
    std::string_view const text(begin.data(), bytes);
    return text.starts_with("age-encryption.org/") || text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----");
}

}  // namespace mb::backup
