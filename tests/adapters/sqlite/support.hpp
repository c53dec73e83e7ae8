#pragma once

#include "adapters/sqlite/sqlite_store.hpp"
#include "core/domain/entities/record.hpp"
#include "core/domain/entities/schema_step.hpp"
#include "tests/fakes/plain_cryptography.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mb::sqlite::testing {

/// A folder of its own for each test, removed with it.
class folder {
public:
    folder();
    ~folder();
    folder(folder const&) = delete;
    folder& operator=(folder const&) = delete;
    std::string file(std::string_view name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

constexpr instant start = from_micros(1'769'250'600'000'000);

fakes::plain_sealer const& seals();
/// An identity whose last eight bytes are `number`, and whose time grows with it.
template <class Id>
Id numbered(std::uint64_t number)
{
    Id made;
    for (int i = 0; i < 8; ++i) made.bytes[static_cast<std::size_t>(15 - i)] = static_cast<std::uint8_t>(number >> (8 * i));
    made.bytes[6] = 0x70;
    return made;
}

std::unique_ptr<sqlite_store> open_store(std::string const& path, options how = {});
/// Opened and migrated.
std::unique_ptr<sqlite_store> fresh_store(std::string const& path, options how = {});

identity::user sample_user(std::uint64_t number);
tokens::family sample_family(std::uint64_t number, identity::user_id owner);
audit::event sample_event(std::uint64_t number);

/// An entity with one field of each given type, numbered from 1, named a, b, c …; nothing is stored yet.
mb::entities::entity_definition sample_entity(std::vector<shape::kind> const& types);
/// Saves the definition and makes its table. @param indexed  fields that get an index, @param unique  a unique one.
void create_entity(ports::store& in, mb::entities::entity_definition& entity, std::vector<std::size_t> const& indexed = {},
                   std::vector<std::size_t> const& unique = {});
mb::entities::record sample_record(std::uint64_t number, std::vector<mb::entities::cell> cells);

/// Runs a text outside of the store, on a connection of its own. Answers the first column of every row.
std::vector<std::string> ask(std::string const& path, std::string const& text);

}  // namespace mb::sqlite::testing
