#include "tests/unit/access/together.hpp"
#include "tests/unit/access/world.hpp"

#include <functional>
#include <utility>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;

namespace {

usecases::registration asking(std::string email, std::optional<std::string> username = std::nullopt)
{
    return {std::move(email), secret{std::string_view{"right password"}}, std::move(username), std::nullopt, notify::language::en};
}

}  // namespace

TEST_CASE_METHOD(world, "a registration makes an unverified account and mails a link")
{
    auto wanted = asking("Ana@Example.org", "Ana");
    wanted.display_name = "Ana \xc3\x91";
    auto const before = events().size();
    granted(register_user(wanted, request()));
    auto const made = user("ana@example.org");
    CHECK_FALSE(made.email_verified);
    CHECK(made.status == identity::user_status::active);
    CHECK(made.roles == std::vector<std::string>{"user"});
    CHECK(made.name->text() == "ana");
    CHECK(made.display_name == "Ana \xc3\x91");
    CHECK(hasher.verify(secret{std::string_view{"right password"}}, *made.password_hash)->matches);

    REQUIRE(mails().size() == 1);
    auto const entries = mails();
    auto const& mail = entries[0].message;
    CHECK(mail.kind == notify::message_kind::verify_email);
    CHECK(mail.recipient.text() == "ana@example.org");
    CHECK(mail.tongue == notify::language::en);
    CHECK(mail.expires_at == clock.now() + 24h);

    CHECK(event_names(before) == std::vector<std::string>{"REGISTRO"});
    auto const row = events(1).front();
    CHECK(row.user == made.id);
    CHECK(value_of(row, "result") == "created");
}

TEST_CASE_METHOD(world, "a known address gets the same answer and the same work, and its owner is told")
{
    granted(register_user(asking("ana@example.org"), request()));
    auto const hash = user("ana@example.org").password_hash;
    auto const hashes = hasher.hashes();
    clock.advance(1s);
    auto other = asking("ANA@example.org");
    other.password = secret{std::string_view{"another password"}};
    granted(register_user(other, request()));
    CHECK(hasher.hashes() == hashes + 1);
    CHECK(user("ana@example.org").password_hash == hash);
    auto const entries = mails();
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].message.kind == notify::message_kind::already_registered);
    CHECK(entries[0].message.link_token.empty());
    CHECK(value_of(events(1).front(), "result") == "existing");
}

TEST_CASE_METHOD(world, "a taken user name is refused, whether or not the address is known")
{
    granted(register_user(asking("ana@example.org", "ana"), request()));
    auto const before = dump();
    CHECK(why(register_user(asking("bob@example.org", "ANA"), request())) == problem::username_taken);
    CHECK(why(register_user(asking("ana@example.org", "ana"), request())) == problem::username_taken);
    CHECK(dump() == before);
}

TEST_CASE_METHOD(world, "everything that is wrong with a registration is said at once, and nothing is written")
{
    auto const before = dump();
    auto const hashes = hasher.hashes();
    usecases::registration wrong{"no address", secret{std::string_view{"short"}}, "a b", std::string(201, 'x'), notify::language::es};
    CHECK(broken(register_user(wrong, request()))
          == violations{{"/email", violation_code::wrong_format, "email"},
                        {"/username", violation_code::wrong_format, "username"},
                        {"/display_name", violation_code::too_long, "200"},
                        {"/password", violation_code::too_short, "8"}});
    CHECK(dump() == before);
    CHECK(hasher.hashes() == hashes);
}

TEST_CASE_METHOD(world, "a display name has 1 to 200 characters and no control character")
{
    auto const [name, expected] = GENERATE(table<std::string, violations>({
        {"x", {}},
        {std::string(200, 'x'), {}},
        {std::string(201, 'x'), {{"/display_name", violation_code::too_long, "200"}}},
        {"", {{"/display_name", violation_code::too_short, "1"}}},
        {"a\tb", {{"/display_name", violation_code::wrong_format, "printable"}}},
        {"a\xff", {{"/display_name", violation_code::wrong_format, "printable"}}},
    }));
    auto wanted = asking("ana@example.org");
    wanted.display_name = name;
    auto const said = register_user(wanted, request());
    if (expected.empty())
        granted(said);
    else
        CHECK(broken(said) == expected);
}

TEST_CASE_METHOD(world, "guessing a password starts with the words its owner is known by")
{
    granted(register_user(asking("ana.perez@example.org", "anita"), request()));
    CHECK(judge.last_context() == std::vector<std::string>{"ana.perez", "anita"});
    judge.find({1, false});
    CHECK(broken(register_user(asking("bob@example.org"), request())) == violations{{"/password", violation_code::too_guessable, "3"}});
    judge.find({4, true});
    CHECK(broken(register_user(asking("bob@example.org"), request())) == violations{{"/password", violation_code::block_listed, ""}});
}

TEST_CASE_METHOD(world, "of many registrations of one address one makes the account, and all get the same answer")
{
    for (int round = 0; round < 50; ++round) {
        auto const address = "user" + std::to_string(round) + "@example.org";
        std::atomic<int> done_count = 0;
        together(4, [&](int) {
            auto const said = register_user(asking(address), request());
            if (said && said->granted() != nullptr) ++done_count;
        });
        REQUIRE(done_count == 4);
    }
    CHECK(mails().size() == 200);
}

TEST_CASE_METHOD(world, "an account that appears between the look and the write is found at the second look")
{
    /// Refuses the first insert as a database does where somebody else was quicker.
    class beaten_store final : public ports::store {
    public:
        beaten_store(ports::store& behind, std::function<void()> rival) : behind_(behind), rival_(std::move(rival)) {}
        outcome<void> transact(ports::work_ref work) override
        {
            if (rival_) {
                std::exchange(rival_, nullptr)();
                return error{errc::duplicate, "users.insert", ""};
            }
            return behind_.transact(work);
        }
        outcome<void> read(ports::work_ref work) override { return behind_.read(work); }

    private:
        ports::store& behind_;
        std::function<void()> rival_;
    };
    beaten_store beaten{memory, [&] { make_user("ana@example.org"); }};
    usecases::register_user const beaten_register{beaten, clock, random, hasher, judge, digests, passwords, links};
    granted(beaten_register(asking("ana@example.org"), request()));
    CHECK(user("ana@example.org").email_verified);
    CHECK(mails().at(0).message.kind == notify::message_kind::already_registered);
}

TEST_CASE_METHOD(world, "an outage is an error, and leaves neither account nor mail")
{
    auto const before = dump();
    store.fail_next(fakes::outage_store::stage::commit, errc::unavailable);
    auto const said = register_user(asking("ana@example.org"), request());
    REQUIRE_FALSE(said);
    CHECK(said.error().code == errc::unavailable);
    CHECK(dump() == before);
}
