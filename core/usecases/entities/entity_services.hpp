#pragma once

#include "core/domain/entities/definition.hpp"
#include "core/domain/entities/query_input.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/pattern_compiler.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

namespace mb::usecases {

/// What the use cases of entities and records work with. What it refers to outlives them.
struct entity_services {
    ports::store& store;
    ports::clock const& clock;
    ports::randomness const& random;
    ports::pattern_compiler const& patterns;
    ports::digester const& digests;
    entities::entity_limits limits{};
    entities::query_limits query_limits{};
};

}  // namespace mb::usecases
