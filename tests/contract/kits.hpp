#pragma once

#include "ports/cryptography.hpp"
#include "ports/pattern_compiler.hpp"
#include "ports/randomness.hpp"

#include <memory>
#include <span>

namespace mb::contract {

enum class key_choice { one, other };
enum class cost_choice { cheap, dear };

/// One implementation of every port that turns secrets into something else. What it makes lives no longer than the kit.
class kit {
public:
    virtual ~kit() = default;
    virtual char const* name() const = 0;
    virtual std::unique_ptr<ports::digester> make_digester(key_choice which) = 0;
    virtual std::unique_ptr<ports::sealer> make_sealer(key_choice which) = 0;
    virtual std::unique_ptr<ports::password_hasher> make_hasher(cost_choice cost) = 0;
    virtual std::unique_ptr<ports::token_codec> make_codec() = 0;
    virtual std::unique_ptr<ports::randomness> make_randomness() = 0;
    virtual std::unique_ptr<ports::pattern_compiler> make_patterns() = 0;
};

using make_kit = std::unique_ptr<kit> (*)();
/// Every kit that is built in. To run the suite on one more, add it to kits.cpp.
std::span<make_kit const> kits();

}  // namespace mb::contract

/// Runs what follows in a test case once for each kit, and names the kit where a claim fails.
#define MB_WITH_EVERY_KIT(variable)                                                                                                \
    auto const variable = mb::contract::kits()[GENERATE(Catch::Generators::range(std::size_t{0}, mb::contract::kits().size()))](); \
    INFO("with the kit: " << variable->name())
