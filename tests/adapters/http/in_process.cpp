#include "tests/adapters/http/in_process.hpp"

#include "adapters/http/application.hpp"
#include "adapters/http/edge/target.hpp"
#include "adapters/http/edge/wire.hpp"
#include "adapters/log/logger.hpp"
#include "adapters/memory/database/memory_store.hpp"
#include "adapters/memory/shared/memory_country_lookup.hpp"
#include "adapters/memory/shared/memory_rolling_counters.hpp"
#include "adapters/openssl/openssl_digester.hpp"
#include "adapters/openssl/openssl_token_codec.hpp"
#include "adapters/re2/re2_pattern_compiler.hpp"
#include "adapters/runtime/rate_limiter.hpp"
#include "apps/composition/use_case_set.hpp"
#include "core/domain/base/ascii.hpp"
#include "core/domain/base/text.hpp"
#include "core/usecases/access/catalogue_cache.hpp"
#include "core/usecases/access/recent_uses.hpp"
#include "core/usecases/operations/anomaly_watch.hpp"
#include "core/usecases/operations/create_user.hpp"
#include "core/usecases/operations/prepare_store.hpp"
#include "core/usecases/operations/stray_requests.hpp"
#include "tests/contract/steps.hpp"
#include "tests/fakes/plain_cryptography.hpp"
#include "tests/fakes/randomness.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>

namespace mb::http::testing {
namespace {

constexpr std::chrono::minutes patience{1};  // of a test that waits for another thread: only a defect takes as long

/// Where the log goes: a file that has no name.
class unnamed_file {
public:
    unnamed_file() : descriptor_(::memfd_create("log", 0)) { REQUIRE(descriptor_ >= 0); }
    ~unnamed_file() { ::close(descriptor_); }
    unnamed_file(unnamed_file const&) = delete;
    unnamed_file& operator=(unnamed_file const&) = delete;

    int descriptor() const noexcept { return descriptor_; }
    std::string text() const
    {
        std::string all;
        char some[4096];
        for (;;) {
            auto const got = ::pread(descriptor_, some, sizeof some, static_cast<off_t>(all.size()));
            if (got <= 0) return all;
            all.append(some, static_cast<std::size_t>(got));
        }
    }

private:
    int descriptor_;
};

/// The store behind two turnstiles.
class held_store final : public ports::store {
public:
    held_store(ports::store& behind, turnstile& reading, turnstile& writing) : behind_(behind), reading_(reading), writing_(writing) {}
    outcome<void> transact(ports::work_ref work) override
    {
        writing_.pass();
        return behind_.transact(work);
    }
    outcome<void> read(ports::work_ref work) override
    {
        reading_.pass();
        return behind_.read(work);
    }

private:
    ports::store& behind_;
    turnstile& reading_;
    turnstile& writing_;
};

class held_hasher final : public ports::password_hasher {
public:
    explicit held_hasher(turnstile& hashing) : hashing_(hashing) {}
    outcome<std::string> hash(secret const& password) const override
    {
        hashing_.pass();
        return behind_.hash(password);
    }
    outcome<verdict> verify(secret const& password, std::string_view stored) const override
    {
        hashing_.pass();
        return behind_.verify(password, stored);
    }
    bool admits(std::string_view foreign) const noexcept override { return behind_.admits(foreign); }
    std::string_view decoy() const noexcept override { return behind_.decoy(); }

private:
    turnstile& hashing_;
    fakes::quick_hasher behind_;
};

/// Allowances that can get lost.
class fragile_limits final : public ports::rate_limits {
public:
    fragile_limits(ports::clock const& clock, ports::randomness const& random) : behind_(clock, random) {}
    outcome<limits::rate_decision> take(std::string_view key, int cost, limits::rate const& allowed) override
    {
        if (lost) return error{errc::unavailable, "fragile_limits", "lost"};
        return behind_.take(key, cost, allowed);
    }
    outcome<void> penalise(std::string_view key) override
    {
        if (lost) return error{errc::unavailable, "fragile_limits", "lost"};
        return behind_.penalise(key);
    }

    std::atomic<bool> lost = false;

private:
    runtime::rate_limiter behind_;
};

openssl::master_key key_of_tests()
{
    std::string material;
    for (int byte = 0; byte < 32; ++byte) material += static_cast<char>(byte * 7 + 5);
    return openssl::master_key::make(secret{std::move(material)}).value();
}

verb verb_named(std::string_view name)
{
    for (auto const each : {verb::get, verb::head, verb::post, verb::put, verb::patch, verb::remove, verb::options})
        if (name_of(each) == name) return each;
    FAIL("no method " << name);
    return verb::get;
}

}  // namespace

struct asked_request::state {
    std::promise<std::optional<response>> promised;
    std::shared_future<std::optional<response>> answer = promised.get_future().share();
    std::atomic<bool> abandoned = false;
    std::function<reply(response&&, verb)> see;
    std::function<response()> drop;
};

bool asked_request::is_answered() const { return state_->answer.wait_for(std::chrono::seconds{0}) == std::future_status::ready; }

reply asked_request::wait() const
{
    if (state_->answer.wait_for(patience) != std::future_status::ready) FAIL("no answer");
    auto made = state_->answer.get();
    return state_->see(made ? std::move(*made) : state_->drop(), method_);
}

void asked_request::abandon() const { state_->abandoned = true; }

http_settings usual_settings()
{
    http_settings made;
    made.public_url = own_origin;
    made.allowed_origins = {std::string(own_origin), std::string(listed_origin)};
    made.version = "1.2.3";
    made.hsts = true;
    made.credentials_rate = {1'000'000, std::chrono::seconds{60}};
    made.default_rate = {1'000'000, std::chrono::seconds{60}};
    made.read_threads = 2;
    made.write_threads = 2;
    made.hash_threads = 1;
    return made;
}

struct in_process::world {
    world(in_process& of, in_process_options&& options)
        : held(database, of.reading, of.writing),
          store(held),
          hasher(of.hashing),
          digests(key_of_tests()),
          log(log::options{.threshold = options.log_is_quiet ? log::level::error : log::level::debug, .descriptor = file.descriptor()}, of.clock),
          limits(of.clock, random),
          countries(std::move(options.countries)),
          catalogues(store, patterns, of.clock),
          counters(of.clock),
          watch(counters, random),
          create_user(store, of.clock, random, hasher, judge, options.rules.passwords),
          set({store, store, of.clock, random, hasher, judge, digests, codec, patterns, limits, countries, catalogues, nullptr, seen, strays, watch,
               log},
              options.rules),
          cases(set.for_http([&of] { return of.dependencies; }, [&of](exposition& into) { of.more_metrics(into); })),
          behind(cases, std::move(options.settings))
    {
        usecases::prepare_store const prepare(store, of.clock, random, hasher, judge, options.rules.passwords);
        auto const said = contract::must(
            prepare({secret{std::string(32, 'k')}, usecases::first_admin{std::string(root), secret{right_password}}}, audit::origin{}));
        REQUIRE(said.granted() != nullptr);
        (void)contract::must(catalogues.refresh());
    }

    memory::memory_store database;
    held_store held;
    fakes::outage_store store;
    fakes::counting_randomness random;
    held_hasher hasher;
    fakes::lenient_judge judge;
    re2::re2_pattern_compiler patterns;
    openssl::openssl_digester digests;
    openssl::openssl_token_codec codec{std::string(own_origin), "metabuilder"};
    unnamed_file file;
    log::logger log;
    fragile_limits limits;
    memory::memory_country_lookup countries;
    usecases::catalogue_cache catalogues;
    usecases::recent_uses seen;
    usecases::stray_requests strays;
    memory::memory_rolling_counters counters;
    usecases::anomaly_watch watch;
    usecases::create_user create_user;
    composition::use_case_set set;
    use_cases cases;
    application behind;
    int accounts = 0;
};

in_process::in_process(in_process_options options) : world_(std::make_unique<world>(*this, std::move(options))) {}

in_process::~in_process()
{
    for (auto* const each : {&hashing, &reading, &writing}) each->open();
}

fakes::outage_store& in_process::store() noexcept { return world_->store; }
void in_process::lose_limits() noexcept { world_->limits.lost = true; }
application& in_process::behind() noexcept { return world_->behind; }

std::string in_process::logged() const
{
    REQUIRE(world_->log.flush(patience));
    return world_->file.text();
}

void in_process::expire_waiting()
{
    clock.advance(std::chrono::seconds{3});
    world_->behind.expire_waiting();
}

request_head in_process::read_head(std::string_view line, field_list&& sent) const
{
    auto const space = line.find(' ');
    REQUIRE(space != std::string_view::npos);
    request_head head;
    head.method = verb_named(line.substr(0, space));
    auto const target = read_target(line.substr(space + 1));
    REQUIRE(target);
    if (target->path == "*") {
        head.segments = {"*"};
    } else {
        auto segments = split_path(target->path);
        REQUIRE(segments);
        head.segments = std::move(*segments);
    }
    head.query = target->query;
    for (auto& [name, value] : sent) head.fields.emplace_back(ascii_lower(name), std::move(value));
    head.peer = peer;
    head.arrived = clock.now();
    head.begun = begun.value_or(head.arrived);
    return head;
}

reply in_process::seen(response&& made, verb method) const
{
    CHECK(can_be_sent(made));
    reply read;
    read.status = made.status;
    read.close = made.close;
    std::string_view common = world_->behind.common_fields();
    while (!common.empty()) {
        auto const end = common.find("\r\n");
        auto const colon = common.find(": ");
        REQUIRE(colon < end);
        read.fields.emplace_back(common.substr(0, colon), common.substr(colon + 2, end - colon - 2));
        common.remove_prefix(end + 2);
    }
    for (auto& [name, value] : made.fields) read.fields.emplace_back(name, std::move(value));
    bool const has_body = made.status != 204 && made.status != 304;
    if (has_body) {
        if (!made.content_type.empty()) read.fields.emplace_back("Content-Type", made.content_type);
        read.fields.emplace_back("Content-Length", std::to_string(made.body.size()));
        if (method != verb::head) read.body = std::move(made.body);
    }
    return read;
}

asked_request in_process::begin(request&& whole)
{
    /// Keeps its promise once. If it is dropped, there is no answer.
    class promised_answer final : public responder {
    public:
        explicit promised_answer(std::shared_ptr<asked_request::state> to) : to_(std::move(to)) {}
        ~promised_answer() override
        {
            if (!answered_) to_->promised.set_value(std::nullopt);
        }
        void answer(response&& made) override
        {
            answered_ = true;
            to_->promised.set_value(std::move(made));
        }
        bool abandoned() const noexcept override { return to_->abandoned; }

    private:
        std::shared_ptr<asked_request::state> to_;
        bool answered_ = false;
    };

    asked_request begun_request;
    begun_request.method_ = whole.head.method;
    begun_request.state_ = std::make_shared<asked_request::state>();
    auto& state = *begun_request.state_;
    state.see = [this](response&& made, verb method) { return seen(std::move(made), method); };
    state.drop = [this] { return world_->behind.refuse(problem::internal_error, nullptr); };
    auto const refuse_now = [&](response&& made) { state.promised.set_value(std::move(made)); };

    auto admitted = world_->behind.admit(whole.head);
    if (auto* const refused = std::get_if<response>(&admitted)) {
        refuse_now(std::move(*refused));
    } else if (whole.body.size() > std::get<body_allowed>(admitted).bytes_max) {
        auto made = world_->behind.refuse(problem::body_too_large, &whole.head);
        made.close = true;
        refuse_now(std::move(made));
    } else {
        try {
            world_->behind.serve(std::move(whole), std::make_unique<promised_answer>(begun_request.state_));
        } catch (...) {
            // the responder went with the stack, and has said so
        }
    }
    return begun_request;
}

asked_request in_process::begin(std::string_view line, field_list sent, std::string body)
{
    bool const typed = std::ranges::any_of(sent, [](auto const& each) { return ascii_lower(each.first) == "content-type"; });
    if (!body.empty() && !typed) sent.emplace_back("Content-Type", "application/json");
    request whole{read_head(line, std::move(sent)), std::move(body)};
    whole.head.has_body = !whole.body.empty();
    return begin(std::move(whole));
}

reply in_process::ask(std::string_view line, field_list sent, std::string body) { return begin(line, std::move(sent), std::move(body)).wait(); }

reply in_process::refuse(problem why, std::string_view line, field_list sent)
{
    if (line.empty()) return seen(world_->behind.refuse(why, nullptr), verb::get);
    auto const head = read_head(line, std::move(sent));
    return seen(world_->behind.refuse(why, &head), head.method);
}

std::string in_process::someone(std::vector<std::string> roles)
{
    auto const email = "someone" + std::to_string(++world_->accounts) + "@example.org";
    auto const said =
        contract::must(world_->create_user({email, secret{right_password}, std::nullopt, std::nullopt, std::move(roles)}, audit::origin{}));
    REQUIRE(said.granted() != nullptr);
    return email;
}

session in_process::log_in(std::string_view email)
{
    auto const said = ask("POST /api/v1/auth/login", {}, object_of({{"email", email}, {"password", right_password}}));
    INFO(said.body);
    REQUIRE(said.status == 200);
    REQUIRE(said.has("/access_token"));
    return {std::string(email), said.at("/user/id"), said.at("/access_token"), said.cookie("__Host-refresh").value_or(""),
            said.cookie("__Host-dev").value_or("")};
}

std::vector<std::string> in_process::enrol(session const& who)
{
    REQUIRE(ask("POST /api/v1/mfa/setup", bearer(who)).status == 200);
    auto const enabled = ask("POST /api/v1/mfa/enable", bearer(who), object_of({{"code", code(who.email, -1)}}));
    INFO(enabled.body);
    REQUIRE(enabled.status == 200);
    std::vector<std::string> codes;
    for (std::size_t i = 0; i < enabled.size("/recovery_codes"); ++i) codes.push_back(enabled.at("/recovery_codes/" + std::to_string(i)));
    return codes;
}

std::string in_process::code(std::string_view email, std::int64_t steps)
{
    identity::totp_policy const policy;
    auto const id = user(email).id;
    auto const factor = contract::look(world_->store, [&](ports::transaction& tx) { return tx.second_factors().find(id); });
    REQUIRE(factor);
    auto const step = identity::step_of(clock.now(), policy) + steps;
    return identity::code_of(world_->digests.shared_mac(policy.hash, factor->key, identity::moving_factor(step)).reveal(), policy.digits);
}

std::string in_process::mailed(std::string_view email)
{
    auto const all = contract::look(world_->store, [](ports::transaction& tx) { return tx.outbox().newest(1'000); });
    auto const found = std::ranges::find_if(all, [&](auto const& each) { return each.message.recipient.text() == email; });
    return found == all.end() ? "" : std::string(found->message.link_token.reveal());
}

std::size_t in_process::mails(std::string_view email)
{
    auto const all = contract::look(world_->store, [](ports::transaction& tx) { return tx.outbox().newest(1'000); });
    return static_cast<std::size_t>(std::ranges::count_if(all, [&](auto const& each) { return each.message.recipient.text() == email; }));
}

identity::user in_process::user(std::string_view email)
{
    auto found = contract::look(world_->store, [&](ports::transaction& tx) { return tx.users().find(identity::email::restore(std::string(email))); });
    REQUIRE(found);
    return *std::move(found);
}

void in_process::save(identity::user const& changed)
{
    contract::write(world_->store, [&](ports::transaction& tx) { return tx.users().update(changed); });
}

void in_process::write_anomalies() { (void)contract::must(world_->watch.flush(world_->store)); }

std::size_t in_process::events(std::string_view name)
{
    auto const all = contract::look(world_->store, [](ports::transaction& tx) { return tx.audit().newest(1'000); });
    return static_cast<std::size_t>(std::ranges::count_if(all, [&](auto const& each) { return audit::entry_of(each.type).name == name; }));
}

std::size_t in_process::write_strays() { return contract::must(world_->strays.flush(world_->store, clock, world_->random)); }

void in_process::write_uses() { (void)contract::must(world_->seen.flush(world_->store)); }

field_list bearer(session const& who, field_list more) { return bearer(who.access, std::move(more)); }

}  // namespace mb::http::testing
