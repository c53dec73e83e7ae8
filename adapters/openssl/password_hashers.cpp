#include "adapters/openssl/password_hashers.hpp"

#include "adapters/openssl/stored_hash.hpp"
#include "core/domain/base/assert.hpp"
#include "core/domain/base/text.hpp"

#include <argon2.h>
#include <crypt.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>

namespace mb::openssl {
namespace {

constexpr std::size_t salt_bytes = 16;
constexpr std::size_t argon2_hash_bytes = 32;
/// bcrypt reads no further; libxcrypt refuses texts of 512 bytes and more instead of cutting them.
constexpr std::size_t bcrypt_password_bytes = 72;

std::string random_bytes(ports::randomness const& random, std::size_t count)
{
    std::string drawn(count, '\0');
    random.fill({reinterpret_cast<std::uint8_t*>(drawn.data()), drawn.size()});
    return drawn;
}

/// 64 characters without NUL, whatever the password holds.
secret with_pepper(secret const& password, secret const& key)
{
    std::string mixed(48, '\0');
    std::size_t written = 0;
    auto const bytes = password.reveal();
    MB_ASSERT(EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA384", nullptr, key.reveal().data(), key.size(),
                        reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(), reinterpret_cast<unsigned char*>(mixed.data()),
                        mixed.size(), &written)
                  != nullptr
              && written == mixed.size());
    secret text{base64(mixed)};
    wipe(mixed.data(), mixed.size());
    return text;
}

/// @param setting  "$2b$12$" and the salt. @return all 60 characters; nothing where libxcrypt refuses the setting.
std::optional<std::string> bcrypt(std::string_view password, std::string_view setting)
{
    struct wiped {
        crypt_data content{};
        ~wiped() { wipe(&content, sizeof content); }
    };
    auto const workspace = std::make_unique<wiped>();  // 32 KiB
    secret const phrase{password.substr(0, bcrypt_password_bytes)};
    auto const* const made = crypt_r(phrase.reveal().data(), std::string(setting).c_str(), &workspace->content);
    if (made == nullptr || made[0] == '*') return std::nullopt;
    return std::string(made);
}

outcome<std::string> argon2(std::string_view password, std::string_view salt, argon2_cost const& cost, argon2_kind kind, std::size_t hash_bytes)
{
    std::string made(hash_bytes, '\0');
    auto* const compute = kind == argon2_kind::id ? &argon2id_hash_raw : &argon2i_hash_raw;
    auto const status =
        compute(cost.passes, cost.memory_kib, cost.lanes, password.data(), password.size(), salt.data(), salt.size(), made.data(), made.size());
    if (status != ARGON2_OK) return error{errc::unavailable, "argon2.hash", argon2_error_message(status)};
    return made;
}

bool is_pepper_id(std::string_view id) noexcept
{
    return !id.empty() && id.size() <= 32 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    });
}

}  // namespace

password_hashers::password_hashers(std::vector<pepper> peppers, password_cost cost, ports::randomness const& random)
    : peppers_(std::move(peppers)),
      cost_(cost),
      random_(random)
{
    MB_ASSERT(!peppers_.empty());
    for (auto const& each : peppers_) MB_ASSERT(is_pepper_id(each.id) && !each.key.empty());
    MB_ASSERT(cost_.bcrypt >= bcrypt_cost_min && cost_.bcrypt <= bcrypt_cost_max);
    MB_ASSERT(cost_.argon2.passes >= 1 && cost_.argon2.passes <= argon2_cost_max.passes);
    MB_ASSERT(cost_.argon2.lanes >= 1 && cost_.argon2.lanes <= argon2_cost_max.lanes);
    MB_ASSERT(cost_.argon2.memory_kib >= 8 * cost_.argon2.lanes && cost_.argon2.memory_kib <= argon2_cost_max.memory_kib);
    decoy_ = make_decoy();
}

pepper const* password_hashers::find_pepper(std::string_view id) const noexcept
{
    auto const found = std::find_if(peppers_.begin(), peppers_.end(), [&](pepper const& each) { return each.id == id; });
    return found == peppers_.end() ? nullptr : &*found;
}

std::string password_hashers::prefix() const
{
    return (cost_.algorithm == password_algorithm::bcrypt ? "mb1$bcrypt$" : "mb1$argon2id$") + peppers_.front().id;
}

outcome<std::string> password_hashers::hash(secret const& password) const
{
    auto const mixed = with_pepper(password, peppers_.front().key);
    auto const salt = random_bytes(random_, salt_bytes);
    if (cost_.algorithm == password_algorithm::argon2id) {
        MB_TRY(auto const made, argon2(mixed.reveal(), salt, cost_.argon2, argon2_kind::id, argon2_hash_bytes));
        return prefix() + format_argon2(cost_.argon2, salt, made);
    }
    std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
    MB_ASSERT(crypt_gensalt_rn("$2b$", static_cast<unsigned long>(cost_.bcrypt), salt.data(), static_cast<int>(salt.size()), setting.data(),
                               static_cast<int>(setting.size()))
              != nullptr);
    auto const made = bcrypt(mixed.reveal(), setting.data());
    MB_ASSERT(made.has_value());
    return prefix() + *made;
}

outcome<password_hashers::verdict> password_hashers::verify(secret const& password, std::string_view stored) const
{
    auto const known = parse_stored_hash(stored);
    if (!known) return error{errc::corrupt, "password.verify", "not a password hash of ours"};
    auto const* const mixed_with = known->pepper_id ? find_pepper(*known->pepper_id) : nullptr;
    if (known->pepper_id && mixed_with == nullptr) return error{errc::corrupt, "password.verify", "made with a pepper that is not configured"};
    auto const input = mixed_with != nullptr ? with_pepper(password, mixed_with->key) : password.clone();

    verdict found;
    if (known->algorithm == password_algorithm::argon2id) {
        MB_TRY(auto const made, argon2(input.reveal(), known->argon2_salt, known->argon2, known->variant, known->hash.size()));
        found.matches = same_bytes(made, known->hash);
        found.outdated = known->argon2 != cost_.argon2;
    } else {
        auto const made = bcrypt(input.reveal(), known->bcrypt_setting);
        if (!made) return error{errc::corrupt, "password.verify", "bcrypt refuses the setting"};
        // Only the hash is compared: the last character of a salt has spare bits that others may have set.
        found.matches = same_bytes(std::string_view(*made).substr(made->size() - bcrypt_hash_characters), known->hash);
        // An import was made by a library that stops at a NUL, so what stands behind it was never checked.
        if (input.reveal().find('\0') != std::string_view::npos) found.matches = false;
        found.outdated = known->bcrypt_cost != cost_.bcrypt;
    }
    found.outdated = found.matches && (found.outdated || known->algorithm != cost_.algorithm || mixed_with != &peppers_.front());
    return found;
}

bool password_hashers::admits(std::string_view foreign) const noexcept
{
    auto const known = parse_stored_hash(foreign);
    if (!known || known->pepper_id) return false;
    if (known->algorithm == password_algorithm::bcrypt) return known->bcrypt_cost <= imported_bcrypt_cost_max;
    return std::uint64_t{known->argon2.memory_kib} * known->argon2.passes <= imported_argon2_work_max;
}

// A hash of nothing at all: drawn, not computed, so that starting costs no hash. Verifying it takes the same work as any other.
std::string password_hashers::make_decoy() const
{
    if (cost_.algorithm == password_algorithm::argon2id)
        return prefix() + format_argon2(cost_.argon2, random_bytes(random_, salt_bytes), random_bytes(random_, argon2_hash_bytes));
    constexpr std::string_view alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    auto text = prefix() + (cost_.bcrypt < 10 ? "$2b$0" : "$2b$") + std::to_string(cost_.bcrypt) + "$";
    for (char const c : random_bytes(random_, 22 + bcrypt_hash_characters)) text += alphabet[static_cast<unsigned char>(c) & 63];
    return text;
}

}  // namespace mb::openssl
