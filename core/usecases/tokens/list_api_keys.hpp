#pragma once

#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/tokens/api_key.hpp"
#include "core/usecases/access/caller.hpp"
#include "ports/store.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace mb::usecases {

struct api_key_page {
    std::vector<tokens::api_key> keys;  ///< newest first
    bool has_more = false;
};

/// The caller's keys, ended or not. What a key opens is shown nowhere; when one was used last is known to a few seconds.
class list_api_keys final {
public:
    explicit list_api_keys(ports::store& store) : store_(store) {}

    /// @param before  the last key of the page before; none for the first page.
    outcome<answer<api_key_page>> operator()(caller const& who, std::optional<tokens::api_key_id> before, std::size_t limit) const;

private:
    ports::store& store_;
};

}  // namespace mb::usecases
