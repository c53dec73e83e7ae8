#include "core/domain/notify/delivery.hpp"

#include "core/domain/notify/message.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::notify;
using namespace std::chrono_literals;

TEST_CASE("a mail is tried again after 30 s, then twice as long each time, up to an hour")
{
    instant const now = from_micros(0);
    instant const far = now + 1000h;
    delivery_policy const policy{};
    CHECK(decide_retry(0, far, policy, now) == now + 30s);
    CHECK(decide_retry(1, far, policy, now) == now + 60s);
    CHECK(decide_retry(6, far, policy, now) == now + 32min);
    CHECK(decide_retry(7, far, policy, now) == now + 1h);
    CHECK(decide_retry(1'000'000'000, far, policy, now) == now + 1h);
}

TEST_CASE("a mail is given up where its next try would come at its end")
{
    instant const now = from_micros(0);
    CHECK(decide_retry(0, now + 30s + 1us, {}, now) == now + 30s);
    CHECK_FALSE(decide_retry(0, now + 30s, {}, now));
}

TEST_CASE("each kind of mail is found by its name")
{
    for (auto const kind : {message_kind::verify_email, message_kind::already_registered}) CHECK(message_kind_named(name_of(kind)) == kind);
    CHECK_FALSE(message_kind_named("VERIFY_EMAIL"));
    CHECK(name_of(language::es) == "es");
    CHECK(name_of(language::en) == "en");
}
