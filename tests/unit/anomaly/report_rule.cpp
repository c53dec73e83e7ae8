#include "core/domain/anomaly/finding.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::anomaly;
using namespace std::chrono_literals;

namespace {

constexpr instant now = from_micros(1'769'250'600'000'000);

}  // namespace

TEST_CASE("n is silent and n + 1 is said, for every rule of the seed")
{
    policy const rules;
    CHECK((rules.stuffing.most == 10 && rules.stuffing.window == 5min));
    CHECK((rules.brute_force.most == 5 && rules.brute_force.window == 10min));
    CHECK((rules.unusual_session.most == 2 && rules.unusual_session.window == 1h));
    for (auto const& rule : {rules.stuffing, rules.brute_force, rules.unusual_session, rules.bound_session}) {
        CHECK_FALSE(decide_report(0, rule, std::nullopt, now));
        CHECK_FALSE(decide_report(rule.most, rule, std::nullopt, now));
        CHECK(decide_report(rule.most + 1, rule, std::nullopt, now) == report{rule.most + 1, now + rule.window});
    }
}

TEST_CASE("within a window it is said again when the count has doubled, and not before")
{
    window_rule const rule{10, 5min};
    report const last{11, now + 1min};
    CHECK_FALSE(decide_report(11, rule, last, now));
    CHECK_FALSE(decide_report(21, rule, last, now));
    CHECK(decide_report(22, rule, last, now) == report{22, now + 1min});
    CHECK(decide_report(900, rule, last, now) == report{900, now + 1min});
    CHECK_FALSE(decide_report(10, rule, report{2, now + 1min}, now));
}

TEST_CASE("a report holds until the end of its window, not AT it")
{
    window_rule const rule{10, 5min};
    report const last{11, now + 5min};
    CHECK_FALSE(decide_report(12, rule, last, now + 5min - duration{1}));
    CHECK(decide_report(12, rule, last, now + 5min) == report{12, now + 10min});
    CHECK_FALSE(decide_report(10, rule, last, now + 5min));
}

TEST_CASE("a finding carries the numbers and the window that it stands for, and is called as its event is")
{
    window_rule const rule{10, 5min};
    audit::log_id id;
    id.bytes[3] = 9;
    auto const made = found_by(kind::credential_stuffing, rule, {11, now + 5min}, id, now);
    CHECK(made.id == id);
    CHECK(made.from == now - 5min);
    CHECK(made.until == now + 5min);
    CHECK(made.at == now);
    CHECK(made.numbers == figures{11, 10, 300s});
    CHECK(made.level == audit::severity::high);
    CHECK_FALSE(made.reviewed_at);
    for (auto const each : kinds) CHECK(kind_named(name_of(each)) == each);
    CHECK(name_of(kind::credential_stuffing) == "ANOMALIA_CREDENTIAL_STUFFING");
    CHECK(name_of(kind::brute_force) == "ANOMALIA_FUERZA_BRUTA");
    CHECK(name_of(kind::unusual_session) == "ANOMALIA_SESION_INUSUAL");
    for (auto const* other : {"", "LOGIN_FALLIDO", "ANOMALIA_REVISADA", "anomalia_fuerza_bruta"}) CHECK_FALSE(kind_named(other));
}
