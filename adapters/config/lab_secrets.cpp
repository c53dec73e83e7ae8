#include "adapters/config/lab_secrets.hpp"

#include "adapters/config/problems.hpp"
#include "adapters/config/sources.hpp"
#include "adapters/posix/descriptor.hpp"
#include "core/domain/base/assert.hpp"
#include "core/domain/base/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <variant>

namespace mb::config {
namespace {

constexpr std::size_t file_bytes_max = 4096;

std::string path_of(std::string const& state_dir) { return state_dir + "/secrets.env"; }

bool write_all(int to, std::string_view bytes) noexcept
{
    while (!bytes.empty()) {
        auto const sent = ::write(to, bytes.data(), bytes.size());
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

/// Makes the file whole or not at all. Where another process was faster its file stays: link() never replaces one.
/// @return 0, or errno
int create(std::string const& path, ports::randomness const& random)
{
    auto const suffix = ports::new_secret(random, 8);
    auto const draft = path + "." + hex(suffix.reveal());
    posix::descriptor const file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.is_open()) return errno;
    secret const content{"MASTER_KEY=" + base64(ports::new_secret(random, 32).reveal())
                         + "\nJWT_SECRET=" + base64url(ports::new_secret(random, 48).reveal()) + "\n"};
    auto failure = !write_all(file.number(), content.reveal()) || ::fsync(file.number()) != 0 ? errno : 0;
    if (failure == 0 && ::link(draft.c_str(), path.c_str()) != 0 && errno != EEXIST) failure = errno;
    ::unlink(draft.c_str());
    // the name must be as durable as what will be sealed with the key
    posix::descriptor const folder(::open(std::filesystem::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (failure == 0 && ::fsync(folder.number()) != 0) failure = errno;
    return failure;
}

/// Opens what is there and reads it, checking the very file that is read.
/// @return the content, or what is wrong
std::variant<std::string, words> read_private(std::string const& path)
{
    words const unreadable{path + ": no se puede leer", path + ": can't be read"};
    posix::descriptor const file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    struct stat found {};
    if (!file.is_open() || ::fstat(file.number(), &found) != 0 || !S_ISREG(found.st_mode)) return unreadable;
    if (found.st_uid != ::geteuid())
        return words{path + ": pertenece a otro usuario; bórrelo o use otra STATE_DIR",
                     path + ": belongs to another user; remove it or use another STATE_DIR"};
    if ((found.st_mode & 077) != 0)
        return words{path + ": otros usuarios pueden leerlo; ejecute: chmod 600 " + path, path + ": other users can read it; run: chmod 600 " + path};
    std::string content(file_bytes_max, '\0');
    auto const got = ::read(file.number(), content.data(), content.size());
    if (got < 0) return unreadable;
    content.resize(static_cast<std::size_t>(got));
    return content;
}

}  // namespace

bool has_lab_secrets(std::string const& state_dir)
{
    std::error_code ignored;
    return std::filesystem::is_regular_file(path_of(state_dir), ignored);
}

std::string fill_lab_secrets(settings& into, ports::randomness const& random)
{
    MB_ASSERT(into.environment == profile::development);
    if (into.master_key && into.jwt_secret) return {};
    auto const path = path_of(into.state_dir);
    auto const complaint = [&](words const& what) {
        problems found(into.tongue);
        found.add("STATE_DIR", what);
        return std::move(found).take().front();
    };

    if (!has_lab_secrets(into.state_dir)) {
        std::error_code failure;
        auto const is_new = std::filesystem::create_directories(into.state_dir, failure);
        if (is_new) ::chmod(into.state_dir.c_str(), 0700);
        if (auto const number = failure ? failure.value() : create(path, random); number != 0) {
            std::string const why = std::strerror(number);
            return complaint({"no se puede escribir " + path + ": " + why, "can't write " + path + ": " + why});
        }
    }
    auto content = read_private(path);
    if (auto const* wrong = std::get_if<words>(&content)) return complaint(*wrong);
    problems damaged(into.tongue);
    auto kept = read_env_file(std::get<std::string>(content), damaged);
    auto key = parse_base64(kept["MASTER_KEY"]);
    if (!damaged.empty() || !key || key->size() != 32 || kept["JWT_SECRET"].size() < 32)
        return complaint({path + " está dañado; si no hay nada que conservar, borre la carpeta " + into.state_dir,
                          path + " is damaged; if there is nothing to keep, remove the folder " + into.state_dir});
    if (!into.master_key) into.master_key = secret{std::move(*key)};
    if (!into.jwt_secret) into.jwt_secret = secret{std::move(kept["JWT_SECRET"])};
    return {};
}

}  // namespace mb::config
