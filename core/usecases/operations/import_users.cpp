#include "core/usecases/operations/import_users.hpp"

#include "core/domain/access/role.hpp"
#include "core/usecases/access/role_input.hpp"
#include "core/usecases/identity/account_input.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace mb::usecases {
namespace {

/// A line that is good in itself.
struct candidate {
    std::size_t line = 0;
    identity::user user;
};

/// What is wrong with the roles of an account, as those of the store are.
violations judge_roles(std::vector<std::string> const& wanted, std::vector<access::role> const& known, import_wishes const& wishes)
{
    auto broken = check_roles(wanted, known);
    if (wishes.admins == admin_import::allowed) return broken;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        auto const role = std::ranges::find(known, wanted[i], &access::role::name);
        if (role != known.end() && role->administers) broken.push_back({pointer_to("/roles", i), violation_code::not_allowed_here});
    }
    return broken;
}

/// What a line is held against, but for the accounts that there are.
struct line_rules {
    ports::password_hasher const& hasher;
    std::vector<access::role> const& roles;
    import_wishes const& wishes;

    /// @return an account without an identity, or everything that is wrong with the line.
    std::variant<identity::user, violations> judge(imported_account const& asked) const
    {
        auto named = accept_names({asked.email, asked.username, asked.display_name}, "");
        violations broken;
        if (auto* wrong = std::get_if<violations>(&named)) broken = std::move(*wrong);
        auto const wanted = asked.roles.value_or(std::vector<std::string>{std::string(access::default_role)});
        for (auto& each : judge_roles(wanted, roles, wishes)) broken.push_back(std::move(each));
        if (asked.password_hash && !hasher.admits(*asked.password_hash))
            broken.push_back({"/password_hash", violation_code::wrong_format, "bcrypt, argon2"});
        if (!broken.empty()) return broken;
        auto& names = std::get<accepted_account>(named);
        return identity::user{.id = {},
                              .address = std::move(names.address),
                              .name = std::move(names.name),
                              .display_name = asked.display_name,
                              .password_hash = asked.password_hash,
                              .email_verified = asked.email_verified,
                              .roles = without_repeats(wanted),
                              .created_at = {},
                              .updated_at = {},
                              .last_login_at = {}};
    }
};

/// Where each address and each user name of a file stood first.
class names_seen {
public:
    /// Says where the account's names stood before.
    violations note(candidate const& of)
    {
        violations broken;
        note(addresses_, of.user.address.text(), of.line, "/email", broken);
        if (of.user.name) note(names_, of.user.name->text(), of.line, "/username", broken);
        return broken;
    }

private:
    using places = std::unordered_map<std::string, std::size_t>;
    static void note(places& known, std::string const& name, std::size_t line, char const* pointer, violations& broken)
    {
        auto const [at, is_new] = known.emplace(name, line);
        if (!is_new) broken.push_back({pointer, violation_code::duplicate, std::to_string(at->second)});
    }

    places addresses_;
    places names_;
};

/// What the store has already of the account's names, the address first.
outcome<violations> taken_names(ports::transaction& tx, identity::user const& wanted)
{
    violations taken;
    MB_TRY(auto const by_address, tx.users().find(wanted.address));
    if (by_address) taken.push_back({"/email", violation_code::duplicate, "account"});
    if (wanted.name) {
        MB_TRY(auto const by_name, tx.users().find(*wanted.name));
        if (by_name) taken.push_back({"/username", violation_code::duplicate, "account"});
    }
    return taken;
}

bool is_left_alone(violations const& taken, import_wishes const& wishes)
{
    return wishes.known == known_account::is_left_alone && !taken.empty() && taken.front().pointer == "/email";
}

/// What going through the lines once does with them. Each says whether to go on.
struct line_work {
    function_ref<bool(std::size_t line)> begin;
    function_ref<bool(std::size_t line, violations const&)> bad;
    function_ref<outcome<bool>(std::vector<candidate>&)> batch;
};

outcome<void> go_through(import_users::line_walk lines, line_rules const& rules, std::size_t batch_size, line_work const& work)
{
    std::vector<candidate> held;
    bool going = true;
    MB_CHECK(lines([&](import_line&& line) -> outcome<bool> {
        going = work.begin(line.number);
        if (!going) return false;
        auto const* unreadable = std::get_if<violations>(&line.content);
        std::variant<identity::user, violations> judged{unreadable != nullptr ? *unreadable : violations{}};
        if (unreadable == nullptr) judged = rules.judge(std::get<imported_account>(line.content));
        if (auto const* broken = std::get_if<violations>(&judged)) {
            going = work.bad(line.number, *broken);
            return going;
        }
        held.push_back({line.number, std::get<identity::user>(std::move(judged))});
        if (held.size() < batch_size) return true;
        MB_TRY(going, work.batch(held));
        held.clear();
        return going;
    }));
    if (going && !held.empty()) MB_CHECK(work.batch(held));
    return {};
}

/// One import, from its first look to its last batch.
class import_run {
public:
    import_run(ports::store& store, ports::clock const& clock, ports::randomness const& random, import_policy const& policy,
               import_wishes const& wishes, audit::origin const& from)
        : store_(store),
          clock_(clock),
          random_(random),
          policy_(policy),
          wishes_(wishes),
          from_(from),
          import_(ports::new_id<audit::log_id>(random, clock.now()))
    {
    }

    /// Finds everything that is wrong.
    outcome<void> look(import_users::line_walk lines, line_rules const& rules)
    {
        names_seen seen;
        auto const count = [&](std::size_t line) {
            if (report_.accounts == policy_.accounts_max) {
                tell(line, {"", violation_code::too_many, std::to_string(policy_.accounts_max)});
                return false;
            }
            ++report_.accounts;
            return true;
        };
        auto const bad = [&](std::size_t line, violations const& broken) {
            for (auto const& each : broken) tell(line, each);
            return true;
        };
        auto const batch = [&](std::vector<candidate>& accounts) -> outcome<bool> {
            MB_TRY(auto const taken, ports::read(store_, [&](ports::transaction& tx) -> outcome<std::vector<violations>> {
                       std::vector<violations> found;
                       for (auto const& each : accounts) {
                           MB_TRY(auto names, taken_names(tx, each.user));
                           found.push_back(std::move(names));
                       }
                       return found;
                   }));
            for (std::size_t i = 0; i < accounts.size(); ++i) {
                bad(accounts[i].line, seen.note(accounts[i]));
                if (is_left_alone(taken[i], wishes_))
                    ++report_.left_alone;
                else
                    bad(accounts[i].line, taken[i]);
            }
            return true;
        };
        MB_CHECK(go_through(lines, rules, policy_.batch, {count, bad, batch}));
        std::ranges::stable_sort(report_.problems, {}, &import_problem::line);
        return {};
    }

    /// Each batch is a transaction of its own, so that nobody waits for the whole.
    outcome<void> write(import_users::line_walk lines, line_rules const& rules)
    {
        report_.left_alone = 0;
        auto const bad = [&](std::size_t line, violations const& broken) {
            tell(line, broken.front());  // the file is not what it was
            return false;
        };
        auto const batch = [&](std::vector<candidate>& accounts) { return write_batch(accounts); };
        return go_through(lines, rules, policy_.batch, {[](std::size_t) { return true; }, bad, batch});
    }

    import_report& report() noexcept { return report_; }

private:
    struct written {
        std::vector<std::size_t> created;         ///< their places in the batch
        std::optional<import_problem> stopped{};  ///< nothing was written
    };

    void tell(std::size_t line, violation what)
    {
        ++report_.problems_total;
        if (report_.problems.size() < policy_.problems_max) report_.problems.push_back({line, std::move(what)});
    }

    outcome<bool> write_batch(std::vector<candidate>& accounts)
    {
        auto const now = clock_.now();
        std::vector<audit::log_id> logs;
        std::vector<std::string> roles;
        for (auto& each : accounts) {
            each.user.id = ports::new_id<identity::user_id>(random_, now);
            each.user.created_at = now;
            each.user.updated_at = now;
            logs.push_back(ports::new_id<audit::log_id>(random_, now));
            roles.insert(roles.end(), each.user.roles.begin(), each.user.roles.end());
        }
        roles = without_repeats(roles);

        auto const work = [&](ports::transaction& tx) -> outcome<written> {
            MB_TRY(auto const held_roles, hold_roles(tx, roles));  // one may have changed since
            MB_TRY(auto chosen, choose(tx, accounts, held_roles));
            if (chosen.stopped) return chosen;
            if (!begun_) MB_CHECK(append_import(tx, now));
            for (auto const i : chosen.created) {
                auto const& made = accounts[i].user;
                MB_CHECK(tx.users().insert(made));
                MB_CHECK(tx.audit().append(audit::about(audit::make_event(logs[i], type_of(made, held_roles), from_, now), made.id, std::nullopt,
                                                        {{"result", "created"}, {"by", "operator"}, {"import", import_.text()}})));
            }
            return chosen;
        };
        auto said = ports::transact(store_, work);
        // Somebody registered with one of these names at this moment: look again, and find them.
        if (!said && said.error().code == errc::duplicate) said = ports::transact(store_, work);
        MB_TRY(auto done, std::move(said));
        if (done.stopped) {
            tell(done.stopped->line, std::move(done.stopped->what));
            return false;
        }
        begun_ = true;
        report_.created += done.created.size();
        report_.left_alone += accounts.size() - done.created.size();
        return true;
    }

    /// Which of them are to be made, or the first that can't be: what was true at the first look may be no longer.
    outcome<written> choose(ports::transaction& tx, std::vector<candidate> const& accounts, std::vector<access::role> const& roles) const
    {
        written chosen;
        for (std::size_t i = 0; i < accounts.size(); ++i) {
            auto const& [line, user] = accounts[i];
            auto broken = judge_roles(user.roles, roles, wishes_);
            MB_TRY(auto const taken, taken_names(tx, user));
            if (is_left_alone(taken, wishes_)) continue;
            broken.insert(broken.end(), taken.begin(), taken.end());
            if (!broken.empty()) return written{{}, import_problem{line, std::move(broken.front())}};
            chosen.created.push_back(i);
        }
        return chosen;
    }

    outcome<void> append_import(ports::transaction& tx, instant now) const
    {
        return tx.audit().append(audit::about(audit::make_event(import_, audit::event_type::users_imported, from_, now), std::nullopt, std::nullopt,
                                              {{"accounts", std::to_string(report_.accounts)}, {"by", "operator"}}));
    }

    static audit::event_type type_of(identity::user const& made, std::vector<access::role> const& roles)
    {
        bool const administers = std::ranges::any_of(made.roles, [&](std::string const& name) {
            auto const role = std::ranges::find(roles, name, &access::role::name);
            return role != roles.end() && role->administers;
        });
        return administers ? audit::event_type::admin_created : audit::event_type::user_registered;
    }

    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    import_policy const& policy_;
    import_wishes const& wishes_;
    audit::origin const& from_;
    audit::log_id import_;
    bool begun_ = false;
    import_report report_;
};

}  // namespace

outcome<import_report> import_users::operator()(line_walk lines, import_wishes const& wishes, audit::origin const& from) const
{
    MB_TRY(auto const roles, ports::read(store_, [](ports::transaction& tx) { return tx.roles().list(); }));
    line_rules const rules{hasher_, roles, wishes};
    import_run run(store_, clock_, random_, policy_, wishes, from);
    MB_CHECK(run.look(lines, rules));
    if (run.report().problems_total == 0 && wishes.effect == import_effect::writes) MB_CHECK(run.write(lines, rules));
    return std::move(run.report());
}

}  // namespace mb::usecases
