#include "core/usecases/operations/list_anomalies.hpp"
#include "core/usecases/operations/review_anomaly.hpp"
#include "tests/unit/anomaly/watched.hpp"

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

TEST_CASE_METHOD(watched, "who administers looks through anomalies and marks them, once, and others don't")
{
    usecases::list_anomalies const list{store, store, clock, random};
    usecases::review_anomaly const mark{store, clock, random};
    usecases::caller const ana{user("ana@example.org"), std::nullopt, catalogues.current(), {}, clock.now(), {}};
    fail_from(11);
    found();
    auto const id = anomalies().front().id;
    using usecases::review;

    CHECK(why(list({}, ana, request())) == problem::forbidden);
    CHECK(why(mark(id, review::done, ana, request())) == problem::forbidden);
    CHECK(count("PERMISSION_DENIED") == 2);
    CHECK(why(mark(audit::highest_log_id, review::done, admin(), request())) == problem::anomaly_not_found);
    ports::anomaly_filter open;
    open.reviewed = false;
    CHECK(granted(list(open, admin(), request())).findings.size() == 1);

    auto const before = events().size();
    auto const marked = granted(mark(id, review::done, admin(), request()));
    CHECK(marked.reviewed_at == clock.now());
    CHECK(marked.reviewed_by == admin().user.id);
    CHECK(event_names(before) == names{"ANOMALIA_REVISADA"});
    CHECK(events(1).front().actor == admin().user.id);
    CHECK(value_of(events(1).front(), "anomaly") == id.text());
    CHECK(value_of(events(1).front(), "reviewed") == "true");
    CHECK(granted(list(open, admin(), request())).findings.empty());

    auto const first = clock.now();
    clock.advance(1min);
    CHECK(granted(mark(id, review::done, admin(), request())).reviewed_at == first);
    CHECK(events().size() == before + 1);
    CHECK_FALSE(granted(mark(id, review::open, admin(), request())).reviewed_at);
    CHECK_FALSE(anomalies().front().reviewed_by);
    CHECK(value_of(events(1).front(), "reviewed") == "false");
    CHECK(granted(list(open, admin(), request())).findings.size() == 1);
}

TEST_CASE_METHOD(watched, "an anomaly that goes on stays reviewed, and its numbers go on growing")
{
    usecases::review_anomaly const mark{store, clock, random};
    fail_from(11);
    found();
    granted(mark(anomalies().front().id, usecases::review::done, admin(), request()));
    fail_from(30);
    found();
    CHECK(anomalies().front().reviewed_at);
    CHECK(anomalies().front().numbers.counted == 22);
}

TEST_CASE_METHOD(watched, "after ninety days nobody can tell whom an anomaly was about, nor who looked at it")
{
    usecases::review_anomaly const mark{store, clock, random};
    for (int i = 0; i < 6; ++i) fail("ana@example.org", "a");
    found();
    granted(mark(anomalies().front().id, usecases::review::done, admin(), request()));
    clock.advance(std::chrono::days{90} - 1us);
    REQUIRE(purge());
    CHECK(anomalies().front().user);
    CHECK(anomalies().front().reviewed_by);
    clock.advance(1us);
    auto const purged = purge();
    REQUIRE(purged);
    CHECK(purged->anomalies == 2);
    auto const row = anomalies().front();
    CHECK_FALSE(row.user);
    CHECK(row.subject.empty());
    CHECK_FALSE(row.reviewed_by);
    CHECK(row.reviewed_at);
    CHECK(row.numbers.counted == 6);
    CHECK(purge()->anomalies == 0);
}
