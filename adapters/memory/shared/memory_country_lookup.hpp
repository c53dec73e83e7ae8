#pragma once

#include "core/domain/base/address.hpp"
#include "ports/country_lookup.hpp"

#include <map>
#include <utility>

namespace mb::memory {

/// Knows the addresses that it was told, each alone; a server without a database of countries has one that was told none.
class memory_country_lookup final : public ports::country_lookup {
public:
    /// @param known  countries by the bytes of addresses
    explicit memory_country_lookup(std::map<std::string, std::string, std::less<>> known = {}) : known_(std::move(known)) {}

    std::optional<std::string> country_of(std::string_view address_bytes) const override
    {
        auto const found = known_.find(unmapped(address_bytes));
        return found == known_.end() ? std::nullopt : std::optional(found->second);
    }

private:
    std::map<std::string, std::string, std::less<>> const known_;
};

}  // namespace mb::memory
