#include "core/usecases/operations/seal_audit.hpp"
#include "core/usecases/operations/verify_audit.hpp"
#include "tests/unit/access/world.hpp"

#include <algorithm>
#include <set>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;
using usecases::tampering;

namespace {

/// A sealed log that somebody copies with changes into another database.
struct forger : world {
    forger()
    {
        for (int i = 0; i < 9; ++i) {
            clock.advance(i == 8 ? duration{10min} : duration{1s});
            auto row = audit::make_event(ports::new_id<audit::log_id>(random, clock.now()), audit::event_type::logout, request(), clock.now());
            row.endpoint = "/" + std::to_string(i);
            REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.audit().append(row); }));
        }
        clock.advance(10min);
        usecases::sealing_policy small;
        small.batch = 4;
        REQUIRE(usecases::seal_audit(store, clock, random, digests, small)());
        rows = events();
        std::ranges::reverse(rows);
        auto found = ports::read(memory, [](ports::transaction& tx) { return tx.audit_seals().after(0, 1000); });
        REQUIRE(found);
        for (auto const& each : *found) seals.push_back(each.clone());
        REQUIRE(seals.size() > 2);
    }

    /// What is found in a database with these rows and seals.
    usecases::audit_verdict verdict(std::size_t findings_max = 100)
    {
        memory::memory_store copy;
        REQUIRE(copy.transact([&](ports::transaction& tx) -> outcome<void> {
            for (auto const& each : rows) MB_CHECK(tx.audit().append(each));
            for (auto const& each : seals) MB_CHECK(tx.audit_seals().append(each));
            return {};
        }));
        auto said = usecases::verify_audit{copy, digests}(std::nullopt, findings_max);
        REQUIRE(said);
        return *std::move(said);
    }
    std::vector<tampering> kinds()
    {
        std::vector<tampering> found;
        for (auto const& each : verdict().findings) found.push_back(each.what);
        return found;
    }
    using all = std::vector<tampering>;

    std::vector<audit::event> rows;
    std::vector<audit::seal> seals;
};

}  // namespace

TEST_CASE_METHOD(forger, "an untouched copy is as it was sealed") { CHECK(kinds().empty()); }

TEST_CASE_METHOD(forger, "a row that is changed, removed or put there is named with its seal")
{
    SECTION("changed")
    {
        rows[1].endpoint = "/other";
        auto const found = verdict();
        REQUIRE(found.findings_total == 1);
        CHECK(found.findings[0].what == tampering::row_changed);
        CHECK(found.findings[0].seal == 1);
        CHECK(found.findings[0].row == rows[1].id);
    }
    SECTION("removed")
    {
        rows.erase(rows.begin() + 1);
        CHECK(kinds() == all{tampering::row_removed});
    }
    SECTION("put there")
    {
        auto extra = rows[1];
        extra.id = ports::new_id<audit::log_id>(random, extra.at);
        rows.insert(rows.begin() + 2, extra);
        CHECK(kinds() == all{tampering::row_inserted});
    }
}

TEST_CASE_METHOD(forger, "two rows that change places are out of order, and not changed")
{
    SECTION("their contents")
    {
        std::swap(rows[rows.size() - 1].endpoint, rows[rows.size() - 2].endpoint);
        CHECK_FALSE(kinds().empty());
    }
    SECTION("their identities")
    {
        std::swap(rows[rows.size() - 1].id, rows[rows.size() - 2].id);
        for (auto const each : kinds()) CHECK(each == tampering::row_reordered);
        CHECK_FALSE(kinds().empty());
    }
    SECTION("their times, within a seal")
    {
        rows[0].at += 1us;
        auto const found = kinds();
        REQUIRE_FALSE(found.empty());
        CHECK(found.front() == tampering::row_reordered);
    }
    SECTION("their times, across seals")
    {
        rows.front().at = rows.back().at;
        CHECK(kinds() == all{tampering::row_reordered});
    }
}

TEST_CASE_METHOD(forger, "a seal that is missing, changed or signed by somebody else is named")
{
    SECTION("the first one missing")
    {
        seals.erase(seals.begin());
        auto const found = kinds();
        REQUIRE_FALSE(found.empty());
        CHECK(found.front() == tampering::seal_missing);
    }
    SECTION("one in the middle missing")
    {
        seals.erase(seals.begin() + 1);
        auto const found = kinds();
        REQUIRE_FALSE(found.empty());
        CHECK(found.front() == tampering::seal_missing);
    }
    SECTION("one missing, and the next one changed")
    {
        seals.erase(seals.begin() + 1);
        seals[1].sealed_at += 1s;
        auto const found = kinds();
        REQUIRE(found.size() >= 2);
        CHECK(found[0] == tampering::seal_missing);
        CHECK(found[1] == tampering::seal_changed);
    }
    SECTION("changed")
    {
        seals[1].sealed_at += 1s;
        CHECK(std::ranges::count(kinds(), tampering::seal_changed) >= 1);
    }
    SECTION("signed by somebody else")
    {
        seals.back().signature[0] ^= 1;
        CHECK(kinds() == all{tampering::seal_forged});
    }
}

TEST_CASE_METHOD(forger, "more findings than are listed are counted")
{
    for (auto& each : rows) each.endpoint += "x";
    auto const found = verdict(2);
    CHECK(found.findings.size() == 2);
    CHECK(found.findings_total == rows.size());
}

TEST_CASE_METHOD(forger, "a log that was never sealed has nothing to be changed")
{
    seals.clear();
    auto const found = verdict();
    CHECK(found.seals == 0);
    CHECK(found.unsealed == rows.size());
    CHECK(found.oldest_unsealed == rows.front().at);
    CHECK(std::ranges::count_if(found.findings, [](auto const& each) { return each.what != tampering::row_inserted; }) == 0);
}

TEST_CASE("each kind of tampering has a name of its own")
{
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(tampering::seal_forged); ++i) CHECK(names.insert(usecases::name_of(static_cast<tampering>(i))).second);
    CHECK_FALSE(usecases::name_of(static_cast<tampering>(250)).empty());
}
