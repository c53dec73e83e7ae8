#include "core/domain/audit/risk.hpp"

#include <algorithm>
#include <array>

namespace mb::audit {
namespace {

constexpr auto weights = std::to_array<risk_weight>({
    {risk_factor::new_country, "new_country", 40},
    {risk_factor::attacking_address, "attacking_address", 35},
    {risk_factor::new_device, "new_device", 20},
    {risk_factor::recent_failures, "recent_failures", 20},
    {risk_factor::odd_hour, "odd_hour", 15},
});

bool holds(risk_factor factor, login_signs const& signs)
{
    switch (factor) {
        case risk_factor::new_country: return signs.habits && identity::is_new_country(*signs.habits, signs.country);
        case risk_factor::attacking_address: return signs.attacking_address;
        case risk_factor::new_device: return signs.habits && !signs.known_device;
        case risk_factor::recent_failures: return signs.failures_before >= risk_failures_min;
        case risk_factor::odd_hour: return signs.habits && identity::is_odd_hour(*signs.habits, signs.at);
    }
    return false;
}

}  // namespace

std::span<risk_weight const> risk_weights() noexcept { return weights; }

risk decide_risk(login_signs const& signs)
{
    risk found;
    for (auto const& each : weights) {
        if (!holds(each.factor, signs)) continue;
        found.factors.push_back(each.factor);
        found.score = std::min(found.score + each.points, risk_score_max);
    }
    return found;
}

std::string names_of(risk const& of)
{
    std::string names;
    for (auto const& each : weights)
        if (std::ranges::find(of.factors, each.factor) != of.factors.end()) names += (names.empty() ? "" : ",") + std::string(each.name);
    return names;
}

}  // namespace mb::audit
