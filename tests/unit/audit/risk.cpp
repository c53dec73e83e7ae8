#include "core/domain/audit/risk.hpp"

#include <catch2/catch.hpp>

#include <numeric>
#include <set>

using namespace mb;
using namespace mb::audit;
using enum risk_factor;

namespace {

constexpr instant morning = from_micros(1'769'212'800'000'000) + std::chrono::hours{10};
constexpr instant night = morning - std::chrono::hours{7};

/// Of somebody who comes from Spain in the morning.
identity::login_habits habits(int logins = identity::habit_logins_min)
{
    identity::login_habits made;
    for (int i = 0; i < logins; ++i) identity::learn(made, "ES", morning);
    return made;
}

/// A login like any other.
login_signs usual()
{
    login_signs signs;
    signs.habits = habits();
    signs.known_device = true;
    signs.country = "ES";
    signs.at = morning;
    return signs;
}

using factors = std::vector<risk_factor>;

}  // namespace

TEST_CASE("a login like any other is no risk")
{
    auto const found = decide_risk(usual());
    CHECK(found.score == 0);
    CHECK(found.factors.empty());
    CHECK_FALSE(found.is_suspicious());
    CHECK(names_of(found).empty());
}

TEST_CASE("each factor alone adds its weight and is no suspicion yet")
{
    for (auto const& [factor, name, points] : risk_weights()) {
        auto signs = usual();
        switch (factor) {
            case new_country: signs.country = "FR"; break;
            case attacking_address: signs.attacking_address = true; break;
            case new_device: signs.known_device = false; break;
            case recent_failures: signs.failures_before = risk_failures_min; break;
            case odd_hour: signs.at = night; break;
        }
        INFO(name);
        auto const found = decide_risk(signs);
        CHECK((found.factors == factors{factor}));
        CHECK(found.score == points);
        CHECK(names_of(found) == name);
        CHECK(points > 0);
        CHECK(points < suspicious_score_min);
        CHECK_FALSE(found.is_suspicious());
    }
}

TEST_CASE("failures count from the third on")
{
    auto signs = usual();
    signs.failures_before = risk_failures_min - 1;
    CHECK(decide_risk(signs).score == 0);
    signs.failures_before = risk_failures_min;
    CHECK((decide_risk(signs).factors == factors{recent_failures}));
}

TEST_CASE("an hour is odd only once there is a habit")
{
    auto signs = usual();
    signs.at = night;
    signs.habits = habits(identity::habit_logins_min - 1);
    CHECK(decide_risk(signs).score == 0);
    signs.habits = habits(identity::habit_logins_min);
    CHECK((decide_risk(signs).factors == factors{odd_hour}));
}

TEST_CASE("nobody's first login is unlike the ones before")
{
    login_signs first;
    first.country = "FR";
    first.at = night;
    CHECK(decide_risk(first).score == 0);
    first.habits = identity::login_habits{};
    CHECK((decide_risk(first).factors == factors{new_device}));
}

TEST_CASE("where nobody tells the country it is not new")
{
    auto signs = usual();
    signs.country.reset();
    CHECK(decide_risk(signs).score == 0);
}

TEST_CASE("everything at once is all there is, and names come heaviest first")
{
    auto signs = usual();
    signs.country = "FR";
    signs.at = night;
    signs.known_device = false;
    signs.failures_before = 100;
    signs.attacking_address = true;
    auto const found = decide_risk(signs);
    auto const all = risk_weights();
    CHECK(std::accumulate(all.begin(), all.end(), 0, [](int sum, auto const& each) { return sum + each.points; }) > risk_score_max);
    CHECK(found.score == risk_score_max);
    CHECK(names_of(found) == "new_country,attacking_address,new_device,recent_failures,odd_hour");
}

TEST_CASE("a login is suspicious from its score on, and not one point below")
{
    CHECK_FALSE(risk{suspicious_score_min - 1}.is_suspicious());
    CHECK(risk{suspicious_score_min}.is_suspicious());
    auto signs = usual();
    signs.country = "FR";
    signs.known_device = false;
    CHECK(decide_risk(signs).is_suspicious());
    // a new telephone at night
    signs = usual();
    signs.known_device = false;
    signs.at = night;
    CHECK_FALSE(decide_risk(signs).is_suspicious());
    signs.failures_before = risk_failures_min;
    CHECK(decide_risk(signs).is_suspicious());
}

TEST_CASE("weights are sorted, and every factor has one")
{
    std::set<risk_factor> seen;
    int before = risk_score_max;
    for (auto const& each : risk_weights()) {
        CHECK(seen.insert(each.factor).second);
        CHECK(each.points <= before);
        before = each.points;
    }
    CHECK(seen.size() == static_cast<std::size_t>(odd_hour) + 1);
}
