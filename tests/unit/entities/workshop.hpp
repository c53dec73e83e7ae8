#pragma once

#include "adapters/memory/database/memory_store.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/entities/create_entity.hpp"
#include "core/usecases/entities/create_field.hpp"
#include "core/usecases/entities/create_record.hpp"
#include "core/usecases/entities/delete_entity.hpp"
#include "core/usecases/entities/delete_field.hpp"
#include "core/usecases/entities/delete_record.hpp"
#include "core/usecases/entities/get_entity.hpp"
#include "core/usecases/entities/get_record.hpp"
#include "core/usecases/entities/list_entities.hpp"
#include "core/usecases/entities/list_records.hpp"
#include "core/usecases/entities/patch_record.hpp"
#include "core/usecases/entities/replace_record.hpp"
#include "core/usecases/entities/update_entity.hpp"
#include "core/usecases/entities/update_field.hpp"
#include "tests/fakes/literal_patterns.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/outage_store.hpp"
#include "tests/fakes/plain_cryptography.hpp"
#include "tests/fakes/randomness.hpp"
#include "tests/unit/access/brittle_store.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace mb::usecases::sample {

using shape::list;
using shape::object;
using shape::value;

/// A store in memory and everything that the use cases of entities need around it.
struct workshop {
    memory::memory_store memory;
    testing::brittle_store brittle{memory};
    fakes::outage_store store{brittle};
    fakes::manual_clock clock;
    fakes::counting_randomness random;
    fakes::literal_patterns patterns;
    fakes::plain_digester digests;
    entity_services services{store, clock, random, patterns, digests};
    audit::origin from;

    /// Someone with these roles, who knows the catalogue as it is now.
    caller someone(std::vector<std::string> roles)
    {
        identity::user user{identity::user_id{{1}},
                            identity::email::restore("someone@example.com"),
                            {},
                            {},
                            {},
                            true,
                            identity::user_status::active,
                            std::move(roles),
                            1,
                            {},
                            {},
                            {}};
        auto known = std::make_shared<catalogue>();
        auto const loaded = memory.read([&](ports::transaction& tx) -> outcome<void> {
            MB_TRY(known->revision, tx.catalogue().current());
            MB_TRY(auto definitions, tx.entities().list());
            for (auto& each : definitions)
                known->entities.push_back(entities::compile(std::move(each), [&](std::string_view source) { return patterns.compile(source); }));
            return {};
        });
        REQUIRE(loaded.has_value());
        known->roles.assign(access::built_in_roles().begin(), access::built_in_roles().end());
        return {std::move(user), std::nullopt, std::move(known)};
    }
    caller admin() { return someone({"admin"}); }
    caller user() { return someone({"user"}); }

    template <class Verb, class... Members>
    auto run(caller const& who, Members&&... members)
    {
        return Verb(services)(typename Verb::command{std::forward<Members>(members)...}, who, from);
    }

    entities::entity_definition make_entity(std::string name = "things")
    {
        value const body{object{{"name", name}, {"display_name", "Things"}}};
        auto const made = run<create_entity>(admin(), body);
        REQUIRE(made.has_value());
        REQUIRE(made->granted() != nullptr);
        return *made->granted();
    }
    entities::field_definition make_field(object members, std::string_view entity = "things")
    {
        value const body{std::move(members)};
        auto const made = run<create_field>(admin(), entity, std::nullopt, body);
        REQUIRE(made.has_value());
        REQUIRE(made->granted() != nullptr);
        return made->granted()->entity.fields[made->granted()->at.at];
    }
    entities::record make_record(object members, std::string_view entity = "things")
    {
        value const body{std::move(members)};
        auto const made = run<create_record>(user(), entity, body);
        REQUIRE(made.has_value());
        REQUIRE(made->granted() != nullptr);
        return made->granted()->content;
    }

    std::vector<audit::event> audited()
    {
        auto rows = ports::read(memory, [](ports::transaction& tx) { return tx.audit().newest(1000); });
        REQUIRE(rows.has_value());
        return *std::move(rows);
    }
    std::int64_t revision() { return user().known->revision; }
};

template <class T>
std::optional<problem> why(outcome<answer<T>> const& made)
{
    REQUIRE(made.has_value());
    return made->denied() == nullptr ? std::nullopt : std::optional{made->denied()->why};
}

template <class T>
violations broken(outcome<answer<T>> const& made)
{
    REQUIRE(made.has_value());
    return made->broken() == nullptr ? violations{} : *made->broken();
}

template <class T>
T const& granted(outcome<answer<T>> const& made)
{
    REQUIRE(made.has_value());
    REQUIRE(made->granted() != nullptr);
    return *made->granted();
}

inline std::string metadata_of(audit::event const& row, std::string_view name)
{
    for (auto const& [key, text] : row.metadata)
        if (key == name) return text;
    return {};
}

}  // namespace mb::usecases::sample
