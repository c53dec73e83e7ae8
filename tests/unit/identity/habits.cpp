#include "core/domain/identity/habits.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::identity;
using namespace std::chrono_literals;

namespace {

/// Of a day at midnight, UTC.
constexpr instant midnight = from_micros(1'769'212'800'000'000);
constexpr instant at_hour(int hour) { return midnight + std::chrono::hours{hour}; }

login_habits of_hour(int hour, int logins)
{
    login_habits made;
    for (int i = 0; i < logins; ++i) learn(made, {}, at_hour(hour));
    return made;
}

std::vector<std::string> many(std::size_t count)
{
    std::vector<std::string> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back({'A', static_cast<char>('A' + i)});
    return all;
}

}  // namespace

TEST_CASE("the last country comes first, and each is there once")
{
    login_habits habits;
    for (auto const* country : {"ES", "FR", "ES", "PT", "FR"}) learn(habits, country, midnight);
    CHECK(habits.countries == std::vector<std::string>{"FR", "PT", "ES"});
    learn(habits, {}, midnight);
    learn(habits, "", midnight);
    learn(habits, "Spain", midnight);
    CHECK(habits.countries.size() == 3);
}

TEST_CASE("so many countries are remembered, and the oldest makes way for one more")
{
    login_habits habits;
    for (auto const& country : many(habit_countries_max)) learn(habits, country, midnight);
    CHECK_FALSE(is_new_country(habits, "AA"));
    learn(habits, "ES", midnight);
    CHECK(habits.countries.size() == habit_countries_max);
    CHECK(is_new_country(habits, "AA"));
    CHECK_FALSE(is_new_country(habits, "AB"));
}

TEST_CASE("a country is new only where others are known, and it is")
{
    login_habits habits;
    CHECK_FALSE(is_new_country(habits, "ES"));
    learn(habits, "ES", midnight);
    CHECK_FALSE(is_new_country(habits, "ES"));
    CHECK_FALSE(is_new_country(habits, {}));
    CHECK(is_new_country(habits, "FR"));
}

TEST_CASE("an hour is odd where neither it nor its neighbours were ever used, and there is a habit")
{
    auto const nearly = of_hour(10, habit_logins_min - 1);
    auto const habit = of_hour(10, habit_logins_min);
    for (int hour = 0; hour < 24; ++hour) {
        CHECK_FALSE(is_odd_hour(nearly, at_hour(hour)));
        CHECK(is_odd_hour(habit, at_hour(hour)) == (hour < 9 || hour > 11));
    }
    CHECK(is_odd_hour(habit, at_hour(9) - 1us));
    CHECK_FALSE(is_odd_hour(habit, at_hour(9)));
    CHECK_FALSE(is_odd_hour(habit, at_hour(12) - 1us));
    CHECK(is_odd_hour(habit, at_hour(12)));
}

TEST_CASE("the last hour of a day is a neighbour of the first")
{
    auto const late = of_hour(23, habit_logins_min);
    CHECK_FALSE(is_odd_hour(late, at_hour(0)));
    CHECK(is_odd_hour(late, at_hour(1)));
    auto const early = of_hour(0, habit_logins_min);
    CHECK_FALSE(is_odd_hour(early, at_hour(23)));
    CHECK(is_odd_hour(early, at_hour(22)));
}

TEST_CASE("a full hour halves all of them, so that old habits fade")
{
    auto habits = of_hour(10, habit_hour_max);
    CHECK(habits.hours[10] == habit_hour_max);
    habits.hours[3] = 3;
    habits.hours[4] = 1;
    learn(habits, {}, at_hour(10));
    CHECK(habits.hours[10] == habit_hour_max / 2 + 1);
    CHECK(habits.hours[3] == 1);
    CHECK(habits.hours[4] == 0);
}

TEST_CASE("hours before the epoch are hours too")
{
    login_habits habits;
    learn(habits, {}, from_micros(-1));
    CHECK(habits.hours[23] == 1);
}

TEST_CASE("habits read back as they were written")
{
    login_habits habits;
    CHECK(parse_habits(format_habits(habits)) == habits);
    for (auto const& country : many(habit_countries_max)) learn(habits, country, at_hour(7));
    habits.hours[0] = habit_hour_max;
    CHECK(parse_habits(format_habits(habits)) == habits);
    habits.told_at = at_hour(7) + std::chrono::microseconds{1};
    CHECK(parse_habits(format_habits(habits)) == habits);
    CHECK(format_habits(habits).size() <= 256);
}

TEST_CASE("an unknown browser is worth telling of after an account's first login, and a day after the owner was told last")
{
    login_habits habits;
    CHECK_FALSE(is_worth_telling(habits, midnight));
    learn(habits, {}, midnight);
    CHECK(is_worth_telling(habits, midnight));
    habits.told_at = midnight;
    CHECK_FALSE(is_worth_telling(habits, midnight));
    CHECK_FALSE(is_worth_telling(habits, midnight + device_notice_interval - std::chrono::microseconds{1}));
    CHECK(is_worth_telling(habits, midnight + device_notice_interval));
}

TEST_CASE("what are no habits are none")
{
    std::string const hours = "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,";
    CHECK(parse_habits("ES " + hours + "200"));
    for (auto const& text : {std::string{}, std::string("ES"), "ES " + hours, "ES " + hours + "201", "ES " + hours + "256", "ES " + hours + "0,0",
                             "es " + hours + "0", "ESP " + hours + "0", "ES, " + hours + "x", "ES " + hours + "-1", "ES " + hours + "0 ", hours + "0",
                             "ES " + hours + "00", "ES " + hours + "0 x", "ES " + hours + "0 1 ", "ES " + hours + "0 1 2", "ES " + hours + "0 01"})
        CHECK_FALSE(parse_habits(text));
    std::string countries;
    for (auto const& country : many(habit_countries_max + 1)) countries += country + ",";
    CHECK(parse_habits(countries.substr(0, 3 * habit_countries_max - 1) + " " + hours + "0"));
    CHECK_FALSE(parse_habits(countries.substr(0, countries.size() - 1) + " " + hours + "0"));
}

TEST_CASE("a country has two capital letters, and nothing else is its code")
{
    for (auto const* code : {"ES", "AZ", "ZA"}) CHECK(identity::is_country_code(code));
    for (auto const* text : {"", "E", "ESP", "es", "Es", "eS", "@A", "A@", "[A", "A[", "E1", "\xc3\x91"}) {
        INFO(text);
        CHECK_FALSE(identity::is_country_code(text));
    }
}
