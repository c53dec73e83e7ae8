#include "core/domain/base/text.hpp"
#include "core/usecases/operations/seal_audit.hpp"
#include "core/usecases/operations/verify_audit.hpp"
#include "tests/adapters/sqlite/support.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/randomness.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

// What somebody with the database in their hands does to the log, behind the server's back.

using namespace mb;
using namespace mb::sqlite::testing;
using namespace std::chrono_literals;
using usecases::tampering;

namespace {

struct sealed_log {
    sealed_log()
    {
        usecases::sealing_policy small;
        small.batch = 5;
        clock.advance(start - clock.now());
        REQUIRE(store->transact([&](ports::transaction& tx) -> outcome<void> {
            for (std::uint64_t i = 1; i <= 12; ++i) {
                auto row = sample_event(i);
                row.at = start + std::chrono::seconds{i};
                row.user = numbered<identity::user_id>(7);
                row.correlation = {};  // so that only the number tells them apart
                row.user_agent = "agent";
                row.metadata = {{"number", std::to_string(i)}};
                MB_CHECK(tx.audit().append(row));
            }
            return {};
        }));
        clock.advance(1h);
        auto const done = usecases::seal_audit(*store, clock, random, digests, small)();
        REQUIRE(done);
        REQUIRE(done->rows == 12);
        REQUIRE(done->seals == 3);
    }

    void tamper(std::string const& text) { ask(path, text); }
    usecases::audit_verdict verify()
    {
        auto said = usecases::verify_audit(*store, digests)(std::nullopt, 100);
        REQUIRE(said);
        return *std::move(said);
    }
    /// What was found, as "row_changed 3" by the number of the row, or of the seal where it is about none.
    std::vector<std::string> found()
    {
        std::vector<std::string> told;
        for (auto const& each : verify().findings) {
            auto const number = each.row ? std::to_string(each.row->bytes[15]) : "seal " + std::to_string(each.seal);
            told.push_back(std::string(usecases::name_of(each.what)) + ' ' + number);
        }
        std::ranges::sort(told);
        return told;
    }
    static std::string row(std::uint64_t number)
    {
        auto const id = numbered<audit::log_id>(number);
        return "log_id = x'" + hex({reinterpret_cast<char const*>(id.bytes.data()), id.bytes.size()}) + "'";
    }
    static std::string time(std::uint64_t number) { return std::to_string(to_micros(start + std::chrono::seconds{number})); }

    folder here;
    std::string path = here.file("db");
    std::unique_ptr<sqlite::sqlite_store> store = fresh_store(path);
    fakes::manual_clock clock;
    fakes::counting_randomness random;
    fakes::plain_digester digests;
};

using strings = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(sealed_log, "an untouched log is as it was sealed")
{
    auto const said = verify();
    CHECK(said.findings_total == 0);
    CHECK(said.rows == 12);
    CHECK(said.seals == 3);
}

TEST_CASE_METHOD(sealed_log, "one changed row shows, whatever was changed in it")
{
    for (auto const* change :
         {"status_code = 500", "event_type = 'LOGIN_EXITOSO'", "severity = 'HIGH'", "metadata = '{\"number\":\"99\"}'", "endpoint = '/elsewhere'",
          "user_agent = 'other'", "response_time_ms = 1", "http_method = 'PATCH'", "correlation_id = x'00000000000000000000000000000001'"}) {
        sealed_log fresh;
        fresh.tamper(std::string("UPDATE audit_logs SET ") + change + " WHERE " + row(7));
        INFO(change);
        CHECK(fresh.found() == strings{"row_changed 7"});
    }
    tamper("UPDATE audit_logs SET user_id = x'00000000000000000000000000000009' WHERE " + row(3));
    CHECK(found() == strings{"row_changed 3"});
}

TEST_CASE_METHOD(sealed_log, "one removed row shows, also the first and the last of a seal, and of the log")
{
    tamper("DELETE FROM audit_logs WHERE " + row(6));
    CHECK(found() == strings{"row_removed 6"});
    for (auto const number : {1, 5, 12}) tamper("DELETE FROM audit_logs WHERE " + row(static_cast<std::uint64_t>(number)));
    CHECK(found() == strings{"row_removed 1", "row_removed 12", "row_removed 5", "row_removed 6"});
}

TEST_CASE_METHOD(sealed_log, "a row that was moved to another time shows as reordered, within its seal and out of it")
{
    tamper("UPDATE audit_logs SET timestamp = " + time(4) + " + 1 WHERE " + row(2));
    CHECK(found() == strings{"row_reordered 2"});
    tamper("UPDATE audit_logs SET timestamp = " + time(11) + " + 1 WHERE " + row(2));
    CHECK(found() == strings{"row_reordered 2"});
    auto const said = verify();
    REQUIRE(said.findings.size() == 1);
    CHECK(said.findings[0].sealed_time == start + 2s);
    CHECK(said.findings[0].present_time == start + 11s + 1us);
}

TEST_CASE_METHOD(sealed_log, "two rows that changed places show as reordered")
{
    tamper("UPDATE audit_logs SET timestamp = " + time(99) + " WHERE " + row(2));
    tamper("UPDATE audit_logs SET timestamp = " + time(2) + " WHERE " + row(4));
    tamper("UPDATE audit_logs SET timestamp = " + time(4) + " WHERE " + row(2));
    CHECK(found() == strings{"row_reordered 2", "row_reordered 4"});
}

TEST_CASE_METHOD(sealed_log, "two rows that exchanged all they say, but not their identities, show as reordered")
{
    tamper("UPDATE audit_logs SET metadata = '{\"number\":\"x\"}' WHERE " + row(2));
    tamper("UPDATE audit_logs SET metadata = '{\"number\":\"2\"}' WHERE " + row(4));
    tamper("UPDATE audit_logs SET metadata = '{\"number\":\"4\"}' WHERE " + row(2));
    CHECK(found() == strings{"row_reordered 2", "row_reordered 4"});
}

TEST_CASE_METHOD(sealed_log, "a row that was put among the sealed ones shows")
{
    auto added = sample_event(200);
    added.at = start + 3s + 1us;
    REQUIRE(store->transact([&](ports::transaction& tx) { return tx.audit().append(added); }));
    CHECK(found() == strings{"row_inserted 200"});
}

TEST_CASE_METHOD(sealed_log, "a seal that was removed, changed, or cut off shows")
{
    auto const noted = *verify().last;
    tamper("UPDATE audit_seals SET sealed_at = sealed_at + 1 WHERE number = 1");
    CHECK(found() == strings{"seal_changed seal 1"});
    tamper("DELETE FROM audit_seals WHERE number = 1");
    {
        auto const told = found();
        CHECK(std::ranges::find(told, "seal_missing seal 2") != told.end());
    }
    sealed_log fresh;
    auto const last = *fresh.verify().last;
    fresh.tamper("DELETE FROM audit_seals WHERE number = 3");
    CHECK(fresh.found().empty());
    CHECK(fresh.verify().unsealed == 2);
    auto const said = usecases::verify_audit(*fresh.store, fresh.digests)(last, 10);
    REQUIRE(said);
    REQUIRE(said->findings_total == 1);
    CHECK(said->findings[0].what == tampering::seal_missing);
    CHECK(said->findings[0].seal == noted.number);
}

TEST_CASE_METHOD(sealed_log, "findings are listed up to a limit, and all are counted")
{
    tamper("UPDATE audit_logs SET status_code = 500");
    auto const said = usecases::verify_audit(*store, digests)(std::nullopt, 5);
    REQUIRE(said);
    CHECK(said->findings.size() == 5);
    CHECK(said->findings_total == 12);
}
