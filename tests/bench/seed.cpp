// Fills the database of a lab and writes what the load generator needs beside it. The environment configures it as it does the server.
// Usage: mb_bench_seed <folder for tokens and cursors> <users> <entity>=<records>…
//   access      access token, one line for each user, good for as long as JWT_EXPIRY_ACCESS says
//   refresh     refresh token of the same sessions
//   logins      address and password, separated by a blank
//   keys        API key of the same users, for their account
//   <entity>    identities of some of its records
//   <entity>.cursor, <entity>.sorted.cursor   behind the record at 95 % of the table, by id and by amount
#include "adapters/config/lab_secrets.hpp"
#include "adapters/config/load.hpp"
#include "adapters/openssl/system_randomness.hpp"
#include "apps/composition/services.hpp"
#include "core/domain/entities/cursor.hpp"
#include "core/domain/entities/query_input.hpp"
#include "core/domain/tokens/api_key.hpp"
#include "core/usecases/entities/create_entity.hpp"
#include "core/usecases/entities/create_field.hpp"
#include "core/usecases/operations/prepare_store.hpp"
#include "core/usecases/tokens/token_pair.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace mb;

constexpr std::size_t records_per_commit = 50'000;
constexpr std::size_t records_told = 5'000;
constexpr std::int64_t amounts = 1'000'000'000;
constexpr std::string_view password = "plum-Ostrich-44-velvet-radio";

[[noreturn]] void die(std::string const& why)
{
    std::fprintf(stderr, "mb_bench_seed: %s\n", why.c_str());
    std::exit(1);
}

void require(outcome<void> const& made)
{
    if (!made) die(made.error().where + (": " + made.error().detail));
}

template <class T>
T take(outcome<T> made)
{
    if (!made) die(made.error().where + (": " + made.error().detail));
    return *std::move(made);
}

template <class T>
T granted(outcome<answer<T>> made)
{
    auto said = take(std::move(made));
    if (auto const* no = said.denied()) die("refused: " + std::string(entry_of(no->why).code));
    if (auto const* broken = said.broken()) die("refused: " + broken->front().pointer);
    return std::move(*said.granted());
}

config::settings settings_of_environment()
{
    auto loaded = config::load({config::profile::development, config::process_environment(), std::nullopt});
    if (auto const* wrong = std::get_if<std::vector<std::string>>(&loaded)) die(wrong->front());
    auto settings = std::get<config::settings>(std::move(loaded));
    std::filesystem::create_directories(settings.state_dir);
    if (auto const wrong = config::fill_lab_secrets(settings, openssl::system_randomness{}); !wrong.empty()) die(wrong);
    return settings;
}

class seeding {
public:
    seeding(config::settings const& settings, composition::services& with, std::filesystem::path folder)
        : with_(with),
          rules_(composition::policies_of(settings)),
          folder_(std::move(folder))
    {
        std::filesystem::create_directories(folder_);
    }

    void prepare(secret jwt_secret)
    {
        usecases::prepare_store const prepare_store(with_.store(), with_.clock(), with_.random(), with_.hasher(), with_.judge(), rules_.passwords);
        usecases::preparation wanted;
        wanted.jwt_secret = std::move(jwt_secret);
        wanted.admin = usecases::first_admin{"admin@bench.localhost", secret{password}};
        granted(prepare_store(wanted, origin()));
        require_catalogue();
    }

    void users(std::size_t total)
    {
        auto const hash = take(with_.hasher().hash(secret{password}));  // one for all: hashing each would take half a second
        auto const known = with_.catalogues().current();
        auto access = file("access");
        auto refresh = file("refresh");
        auto logins = file("logins");
        auto keys = file("keys");
        require(with_.store().transact([&](ports::transaction& tx) -> outcome<void> {
            for (std::size_t i = 0; i < total; ++i) {
                auto const now = with_.clock().now();
                identity::user made{.id = ports::new_id<identity::user_id>(with_.random(), now),
                                    .address = *identity::email::parse("user" + std::to_string(i) + "@bench.localhost")};
                made.display_name = "User " + std::to_string(i);
                made.password_hash = hash;
                made.email_verified = true;
                made.roles = {std::string(access::default_role)};
                made.created_at = made.updated_at = now;
                MB_CHECK(tx.users().insert(made));
                auto const from = origin();
                auto const& key = *known->keys.active();
                auto const family = usecases::start_family(made.id, key, from, with_.random(), rules_.tokens, now);
                MB_CHECK(tx.families().save(family));
                auto const pair = usecases::issue(family, made, key, with_.codec(), rules_.tokens, now);
                access << pair.access_token << '\n';
                refresh << pair.refresh_token.reveal() << '\n';
                logins << made.address.text() << ' ' << password << '\n';
                MB_TRY(auto const shown_key, make_key(tx, made.id, now));
                keys << shown_key.reveal() << '\n';
            }
            return {};
        }));
    }

    void records(std::string const& name, std::size_t total)
    {
        auto const entity = define(name);
        auto ids = file(name);
        std::mt19937_64 drawn(total);
        auto const begun = with_.clock().now() - std::chrono::milliseconds{total};
        for (std::size_t done = 0; done < total; done += records_per_commit)
            require(with_.store().transact([&](ports::transaction& tx) -> outcome<void> {
                for (auto i = done; i < std::min(total, done + records_per_commit); ++i) {
                    auto const at = begun + std::chrono::milliseconds{i};
                    entities::record made;
                    made.id = ports::new_id<entities::record_id>(with_.random(), at);
                    made.created_at = made.updated_at = at;
                    made.cells = {"Item number " + std::to_string(i), static_cast<std::int64_t>(drawn() % amounts),
                                  std::string("A note of usual length, as a person would write it.")};
                    MB_CHECK(tx.records().insert(entity->definition, made));
                    if (i % std::max<std::size_t>(1, total / records_told) == 0) ids << made.id.text() << '\n';
                    if (i == total / 100 * 95) write_cursor(name + ".cursor", *entity, made, {});
                }
                return {};
            }));
        // the index holds them evenly: the first one past 95 % of the amounts is at 95 % of the order
        require(with_.store().read([&](ports::transaction& tx) -> outcome<void> {
            entities::column const amount = entities::field_index{1};
            entities::record_query at;
            at.where.push_back({amount, entities::comparison_op::gte, {std::int64_t{amounts / 100 * 95}}});
            at.order.push_back({amount});
            at.limit = 1;
            MB_TRY(auto const page, tx.records().page(entity->definition, at));
            write_cursor(name + ".sorted.cursor", *entity, page.records.front(), at.order);
            return {};
        }));
    }

private:
    audit::origin origin() const { return composition::own_origin(with_.random(), with_.clock().now()); }
    std::ofstream file(std::string const& name) const { return std::ofstream(folder_ / name); }
    void require_catalogue()
    {
        if (!with_.catalogues().refresh()) die("no catalogue");
    }

    outcome<secret> make_key(ports::transaction& tx, identity::user_id owner, instant now) const
    {
        auto text = tokens::draw_api_key([this](std::span<std::uint8_t> into) { with_.random().fill(into); });
        static std::string const scope(access::name_of(access::power::account));
        tokens::api_key made;
        made.id = ports::new_id<tokens::api_key_id>(with_.random(), now);
        made.owner = owner;
        made.name = "bench";
        made.prefix = tokens::api_key_prefix(text);
        made.digest = with_.digests().mac(tokens::api_key_purpose, text.reveal());
        made.scopes = std::get<access::scope_set>(access::scope_set::parse({&scope, 1}));
        made.created_at = now;
        MB_CHECK(tx.api_keys().save(made));
        return text;
    }

    void write_cursor(std::string const& name, entities::compiled_entity const& entity, entities::record const& last,
                      std::vector<entities::sort_key> order) const
    {
        entities::record_query query;
        query.order = std::move(order);
        file(name) << entities::encode_cursor(entity.definition, query, last, [&](std::string_view bytes) {
            return with_.digests().mac("cursor", bytes);
        }) << '\n';
    }

    std::shared_ptr<entities::compiled_entity const> define(std::string const& name)
    {
        using shape::object;
        usecases::entity_services const services{with_.store(), with_.clock(), with_.random(), with_.patterns(), with_.digests()};
        auto const admin = take(
            ports::read(with_.store(), [](ports::transaction& tx) { return tx.users().find(*identity::email::parse("admin@bench.localhost")); }));
        auto const who = [&] { return usecases::caller{*admin, std::nullopt, with_.catalogues().current()}; };
        shape::value const entity{object{{"name", name}, {"display_name", name}}};
        granted(usecases::create_entity(services)({entity}, who(), origin()));
        require_catalogue();
        for (auto const& field : {object{{"name", "title"}, {"type", "TEXT"}, {"is_required", true}, {"max_length", 200}},
                                  object{{"name", "amount"}, {"type", "INTEGER"}, {"is_indexed", true}},
                                  object{{"name", "note"}, {"type", "TEXT"}, {"max_length", 2000}}}) {
            shape::value const body{field};
            granted(usecases::create_field(services)({name, std::nullopt, body}, who(), origin()));
            require_catalogue();
        }
        return with_.catalogues().current()->find_entity(name);
    }

    composition::services& with_;
    composition::policies rules_;
    std::filesystem::path folder_;
};

}  // namespace

int main(int argc, char** argv)
{
    if (argc < 3) return 2;
    auto const settings = settings_of_environment();
    auto const with = take(composition::services::open(settings));
    require(with->migrate());
    seeding seed(settings, *with, argv[1]);
    seed.prepare(settings.jwt_secret->clone());
    seed.users(std::strtoul(argv[2], nullptr, 10));
    for (int i = 3; i < argc; ++i) {
        std::string const asked = argv[i];
        auto const equals = asked.find('=');
        if (equals == std::string::npos) die("not <entity>=<records>: " + asked);
        seed.records(asked.substr(0, equals), std::strtoul(asked.c_str() + equals + 1, nullptr, 10));
    }
}
