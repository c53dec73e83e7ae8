#pragma once

#include "core/domain/access/role.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mb::access {

/// What a route needs of a key beside what it does to records.
enum class power : std::uint8_t {
    none,        ///< no key gets in
    records,     ///< any permission on records; which one is looked at where the entity is known
    account,     ///< the owner's data and sessions
    keys,        ///< making and revoking keys
    password,    ///< setting the owner's password
    administer,  ///< what a role that administers may
};
std::string_view name_of(power what) noexcept;  ///< "" for none and records, which are no scopes

/// What a key may do, at most: its owner's roles are asked as well. Written as names: the permissions of roles ("get" on every entity,
/// "get:<entity>" on one, "get:own" on what the owner created), and account, keys, password, administer.
class scope_set {
public:
    scope_set() = default;
    /// The set, or the places of the names that are none.
    static std::variant<scope_set, std::vector<std::size_t>> parse(std::span<std::string const> names);

    /// Which records of the entity the key may do this to.
    reach over(entities::entity_id entity, action what) const noexcept;
    bool allows(power what) const noexcept;
    bool covers(permission const& wanted) const noexcept;
    /// Whether everything that is in the other is in this one.
    bool covers(scope_set const& other) const noexcept;

    std::vector<permission> const& permissions() const noexcept { return permissions_; }
    std::vector<std::string> names() const;
    friend bool operator==(scope_set const&, scope_set const&) = default;

private:
    std::vector<permission> permissions_;
    bool account_ = false;
    bool keys_ = false;
    bool password_ = false;
    bool administer_ = false;
};

}  // namespace mb::access
