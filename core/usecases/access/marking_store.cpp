#include "core/usecases/access/marking_store.hpp"

#include <algorithm>
#include <utility>

namespace mb::usecases {
namespace {

using changes = ports::change_marks::changes;

constexpr std::size_t users_max = 100;  // told one by one; where there are more, everybody's marks go, with that of the catalogue

void note(changes& into, identity::user_id user, bool urgent)
{
    into.urgent = into.urgent || urgent;
    if (std::ranges::find(into.users, user) != into.users.end()) return;
    if (into.users.size() == users_max) {
        into.users.clear();
        into.catalogue = true;
    }
    into.users.push_back(user);
}

/// Remembers the users that were found, to see what a change takes from them.
class watched_users final : public ports::users {
public:
    watched_users(ports::users& behind, changes& noted) : behind_(behind), noted_(noted) {}

    outcome<std::optional<identity::user>> find(identity::user_id id) override { return remember(behind_.find(id)); }
    outcome<std::optional<identity::user>> find(identity::email const& address) override { return remember(behind_.find(address)); }
    outcome<std::optional<identity::user>> find(identity::username const& name) override { return remember(behind_.find(name)); }
    outcome<void> insert(identity::user const& added) override { return behind_.insert(added); }
    outcome<void> update(identity::user const& changed) override
    {
        auto const before = std::ranges::find(found_, changed.id, &identity::user::id);
        note(noted_, changed.id,
             before == found_.end() || before->status != changed.status || before->roles != changed.roles
                 || before->second_factor != changed.second_factor);
        return behind_.update(changed);
    }
    outcome<std::vector<identity::user>> list(ports::user_filter const& filter) override { return behind_.list(filter); }
    outcome<std::size_t> count_active(std::string_view role) override { return behind_.count_active(role); }

private:
    outcome<std::optional<identity::user>> remember(outcome<std::optional<identity::user>> found)
    {
        if (found && *found && std::ranges::find(found_, (*found)->id, &identity::user::id) == found_.end()) found_.push_back(**found);
        return found;
    }

    ports::users& behind_;
    changes& noted_;
    std::vector<identity::user> found_;
};

class watched_families final : public ports::families {
public:
    watched_families(ports::families& behind, changes& noted, bool rotation_is_urgent)
        : behind_(behind),
          noted_(noted),
          rotation_is_urgent_(rotation_is_urgent)
    {
    }

    outcome<std::optional<tokens::family>> find(tokens::family_id id) override { return behind_.find(id); }
    outcome<std::optional<ports::live_access>> find_access(tokens::token_id jti) override { return behind_.find_access(jti); }
    outcome<void> save(tokens::family const& saved) override
    {
        note(noted_, saved.owner, saved.revoked_at.has_value() || (saved.rotated_at && rotation_is_urgent_));
        return behind_.save(saved);
    }
    outcome<std::vector<tokens::family>> list_active(identity::user_id owner, instant now, std::optional<tokens::family_id> before,
                                                     std::size_t limit) override
    {
        return behind_.list_active(owner, now, before, limit);
    }
    outcome<std::size_t> revoke_all(identity::user_id owner, std::optional<tokens::family_id> except, tokens::revocation_reason reason,
                                    instant now) override
    {
        note(noted_, owner, true);
        return behind_.revoke_all(owner, except, reason, now);
    }
    // what is purged had ended, and was judged so
    outcome<std::size_t> purge(instant before, std::size_t batch) override { return behind_.purge(before, batch); }

private:
    ports::families& behind_;
    changes& noted_;
    bool const rotation_is_urgent_;
};

class watched_dossiers final : public ports::dossiers {
public:
    watched_dossiers(ports::dossiers& behind, changes& noted) : behind_(behind), noted_(noted) {}

    outcome<ports::dossier> collect(identity::user_id who, std::size_t rows_max) override { return behind_.collect(who, rows_max); }
    outcome<void> erase(identity::user_id who, instant now) override
    {
        note(noted_, who, true);
        return behind_.erase(who, now);
    }
    outcome<std::size_t> anonymise_events(instant before, std::size_t batch) override { return behind_.anonymise_events(before, batch); }
    outcome<std::size_t> anonymise_attempts(instant before, std::size_t batch) override { return behind_.anonymise_attempts(before, batch); }

private:
    ports::dossiers& behind_;
    changes& noted_;
};

class watched_catalogue final : public ports::catalogue_revisions {
public:
    watched_catalogue(ports::catalogue_revisions& behind, changes& noted) : behind_(behind), noted_(noted) {}

    outcome<std::int64_t> current() override { return behind_.current(); }
    outcome<void> advance() override
    {
        noted_.catalogue = true;
        noted_.urgent = true;
        return behind_.advance();
    }
    outcome<std::int64_t> count_restore() override
    {
        noted_.catalogue = true;
        noted_.urgent = true;
        return behind_.count_restore();
    }

private:
    ports::catalogue_revisions& behind_;
    changes& noted_;
};

/// Every repository through which access of a user can end is watched, whatever it is called: what it takes away is noted, and urgent.
class watched_transaction final : public ports::transaction {
public:
    watched_transaction(ports::transaction& behind, changes& noted, bool rotation_is_urgent)
        : behind_(behind),
          users_(behind.users(), noted),
          families_(behind.families(), noted, rotation_is_urgent),
          dossiers_(behind.dossiers(), noted),
          catalogue_(behind.catalogue(), noted)
    {
    }

    ports::users& users() override { return users_; }
    ports::families& families() override { return families_; }
    ports::catalogue_revisions& catalogue() override { return catalogue_; }
    ports::sessions& sessions() override { return behind_.sessions(); }
    ports::email_tokens& email_tokens() override { return behind_.email_tokens(); }
    ports::api_keys& api_keys() override { return behind_.api_keys(); }
    ports::lockouts& lockouts() override { return behind_.lockouts(); }
    // what they give or take shows in user::second_factor, which is written with them
    ports::second_factors& second_factors() override { return behind_.second_factors(); }
    ports::signing_keys& signing_keys() override { return behind_.signing_keys(); }
    ports::roles& roles() override { return behind_.roles(); }
    ports::audit_log& audit() override { return behind_.audit(); }
    ports::audit_seals& audit_seals() override { return behind_.audit_seals(); }
    ports::login_attempts& login_attempts() override { return behind_.login_attempts(); }
    ports::anomalies& anomalies() override { return behind_.anomalies(); }
    ports::outbox& outbox() override { return behind_.outbox(); }
    ports::dossiers& dossiers() override { return dossiers_; }
    ports::entities& entities() override { return behind_.entities(); }
    ports::records& records() override { return behind_.records(); }

private:
    ports::transaction& behind_;
    watched_users users_;
    watched_families families_;
    watched_dossiers dossiers_;
    watched_catalogue catalogue_;
};

}  // namespace

outcome<void> marking_store::transact(ports::work_ref work)
{
    changes noted;
    auto done = behind_.transact([&](ports::transaction& tx) -> outcome<void> {
        noted = {};  // the work may run again
        watched_transaction watched(tx, noted, rotation_is_urgent_);
        return work(watched);
    });
    // where nobody knows whether it was committed, it may have been
    if ((done || done.error().code == errc::outcome_unknown) && !noted.empty()) marks_.changed(noted);
    return done;
}

}  // namespace mb::usecases
