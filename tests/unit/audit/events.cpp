#include "core/domain/audit/event.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::audit;
using namespace std::chrono_literals;

namespace {

int status_of(std::optional<problem> refused, int success) { return refused == problem::forbidden ? 403 : success; }

constexpr instant arrived = from_micros(1'769'250'600'000'000);

origin request()
{
    origin from;
    from.correlation.bytes.fill(9);
    from.endpoint = "/api/v1/entities/{id}/records";
    from.http_method = "POST";
    from.ip = identity::ip_hash{"hashed"};
    from.country = "ES";
    from.user_agent = "agent";
    from.arrived = arrived;
    from.status_of = status_of;
    from.success_status = 201;
    return from;
}

}  // namespace

TEST_CASE("an event shows the request that caused it")
{
    log_id id;
    id.bytes.fill(3);
    auto const row = make_event(id, event_type::token_theft, request(), arrived + 1500us);
    CHECK(row.id == id);
    CHECK(row.type == event_type::token_theft);
    CHECK(row.level == severity::critical);
    CHECK(row.endpoint == "/api/v1/entities/{id}/records");
    CHECK(row.http_method == "POST");
    CHECK(row.ip == identity::ip_hash{"hashed"});
    CHECK(row.country == "ES");
    CHECK_FALSE(row.risk_score);
    CHECK(row.user_agent == "agent");
    CHECK(row.correlation == request().correlation);
    CHECK(row.status_code == 201);
    CHECK(row.response_time_ms == 1);
    CHECK(row.at == arrived + 1500us);
    CHECK_FALSE(row.user);
    CHECK_FALSE(row.actor);
}

TEST_CASE("an event of a refused request has the status of the refusal")
{
    CHECK(make_event({}, event_type::permission_denied, request(), arrived, problem::forbidden).status_code == 403);
}

TEST_CASE("an event of the server itself has no status and no milliseconds")
{
    origin const server;
    auto const row = make_event({}, event_type::system_error, server, arrived);
    CHECK(row.status_code == 0);
    CHECK(row.response_time_ms == 0);
}

TEST_CASE("a clock that jumped back gives no negative milliseconds")
{
    CHECK(make_event({}, event_type::logout, request(), arrived - 1h).response_time_ms == 0);
}

TEST_CASE("an event says whom it is about and who did it")
{
    identity::user_id user;
    user.bytes.fill(1);
    identity::user_id actor;
    actor.bytes.fill(2);
    auto const row = about(make_event({}, event_type::role_changed, request(), arrived), user, actor, {{"roles_after", "editor"}});
    CHECK(row.user == user);
    CHECK(row.actor == actor);
    CHECK(row.metadata == event_metadata{{"roles_after", "editor"}});
}

TEST_CASE("each severity has its name")
{
    CHECK(name_of(severity::low) == "LOW");
    CHECK(name_of(severity::medium) == "MEDIUM");
    CHECK(name_of(severity::high) == "HIGH");
    CHECK(name_of(severity::critical) == "CRITICAL");
}
