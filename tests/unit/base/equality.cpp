#include "core/domain/access/scope.hpp"
#include "core/domain/anomaly/finding.hpp"
#include "core/domain/audit/seal.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/entities/definition.hpp"
#include "core/domain/identity/habits.hpp"
#include "core/domain/limits/rate.hpp"
#include "core/domain/shape/value.hpp"
#include "core/usecases/operations/import_users.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <initializer_list>

using namespace mb;
using namespace std::chrono_literals;

namespace {

/// Each of these changes alone makes it another value.
template <class T>
void differs_by_each(T const& plain, std::initializer_list<std::function<void(T&)>> changes)
{
    CHECK(plain == T(plain));
    int number = 0;
    for (auto const& change : changes) {
        INFO("change " << number++);
        T other(plain);
        change(other);
        CHECK_FALSE(other == plain);
        CHECK_FALSE(plain == other);
    }
}

}  // namespace

TEST_CASE("a field that differs in one member is another field")
{
    using field = entities::field_definition;
    differs_by_each<field>({}, {
                                   [](field& of) { of.id.bytes[0] = 1; },
                                   [](field& of) { of.number = 1; },
                                   [](field& of) { of.name = identifier::restore("other"); },
                                   [](field& of) { of.display_name = "Other"; },
                                   [](field& of) { of.type = shape::kind::url; },
                                   [](field& of) { of.is_required = true; },
                                   [](field& of) { of.is_unique = true; },
                                   [](field& of) { of.is_indexed = true; },
                                   [](field& of) { of.min_length = 1; },
                                   [](field& of) { of.max_length = 1; },
                                   [](field& of) { of.min = shape::scalar{std::int64_t{1}}; },
                                   [](field& of) { of.max = shape::scalar{std::int64_t{1}}; },
                                   [](field& of) { of.precision = 1; },
                                   [](field& of) { of.scale = 1; },
                                   [](field& of) { of.pattern = "a"; },
                                   [](field& of) {
                                       of.options.push_back({1, "a", "A"});
                                   },
                                   [](field& of) { of.fallback = shape::scalar{true}; },
                               });
    using option = entities::enum_option;
    differs_by_each<option>({}, {[](option& of) { of.number = 1; }, [](option& of) { of.value = "a"; }, [](option& of) { of.label = "A"; }});
}

TEST_CASE("what is compared to see whether anything changed differs where one member does")
{
    differs_by_each<limits::rate>({}, {[](auto& of) { ++of.burst; }, [](auto& of) { of.period += 1us; }});
    differs_by_each<limits::rate_decision>({}, {[](auto& of) { of.answer = limits::verdict::refused; }, [](auto& of) { ++of.remaining; },
                                                [](auto& of) { of.retry_after += 1us; }, [](auto& of) { of.reset += 1us; }});
    differs_by_each<anomaly::figures>({}, {[](auto& of) { ++of.counted; }, [](auto& of) { ++of.most; }, [](auto& of) { of.window += 1s; }});
    differs_by_each<anomaly::report>({}, {[](auto& of) { ++of.counted; }, [](auto& of) { of.until += 1us; }});
    differs_by_each<audit::sealed_row>({}, {[](auto& of) { of.where.at += 1us; }, [](auto& of) { of.where.id.bytes[0] = 1; },
                                            [](auto& of) { of.content[0] = 1; }, [](auto& of) { of.persons[2][0] = 1; }});
    differs_by_each<identity::login_habits>(
        {}, {[](auto& of) { of.countries.push_back("ES"); }, [](auto& of) { ++of.hours[3]; }, [](auto& of) { of.told_at = instant{}; }});
    differs_by_each<violation>(
        {"/a", violation_code::required},
        {[](auto& of) { of.pointer = "/b"; }, [](auto& of) { of.code = violation_code::wrong_type; }, [](auto& of) { of.expected = "1"; }});
    differs_by_each<denial>({problem::forbidden}, {[](auto& of) { of.why = problem::conflict; }, [](auto& of) { of.retry_after = 1s; },
                                                   [](auto& of) {
                                                       of.details.push_back({"/a", violation_code::required});
                                                   }});
    differs_by_each<usecases::import_problem>({1, {"/a", violation_code::required}},
                                              {[](auto& of) { ++of.line; }, [](auto& of) { of.what.pointer = "/b"; }});
}

TEST_CASE("two inputs are equal where their members, in their order, and the spelling of their numbers are")
{
    differs_by_each<shape::number>({1.5, "1.5"}, {[](auto& of) { of.lexeme = "1.50"; }, [](auto& of) { of.approximate = 2; }});
    differs_by_each<shape::member>({"a", 1}, {[](auto& of) { of.name = "b"; }, [](auto& of) { of.content = shape::value{2}; }});
    shape::value const one{shape::object{{"a", 1}, {"b", 2}}};
    CHECK(one == shape::value{shape::object{{"a", 1}, {"b", 2}}});
    CHECK_FALSE(one == shape::value{shape::object{{"b", 2}, {"a", 1}}});
    CHECK_FALSE(one == shape::value{shape::object{{"a", 1}}});
}

TEST_CASE("two sets of scopes are equal where each power and each permission is")
{
    auto const parsed = [](std::vector<std::string> const& names) { return std::get<access::scope_set>(access::scope_set::parse(names)); };
    for (auto const* name : {"account", "keys", "password", "administer", "list"}) {
        INFO(name);
        CHECK_FALSE(parsed({name}) == access::scope_set{});
        CHECK(parsed({name}) == parsed({name}));
    }
}
