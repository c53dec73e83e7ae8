#pragma once

#include "tests/unit/access/brittle_logs.hpp"
#include "tests/unit/access/brittle_records.hpp"

#include <catch2/catch.hpp>

#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace mb::testing {

/// A store of which one call of a repository, or the end of one transaction, fails: the one that finds `calls_left` at 0. Counts calls of what
/// use cases touch. For one thread, while anything is to fail. While nothing is, each transaction of the thread that made the store meets short
/// memory before it comes through, so that every test of a use case claims that too.
class brittle_store final : public ports::store, public breaking {
public:
    explicit brittle_store(ports::store& behind) noexcept : behind_(behind) {}

    bool rehearses = true;  ///< false where so much is stored that one transaction takes long

    outcome<void> transact(ports::work_ref work) override
    {
        return run([&](ports::work_ref watched) { return behind_.transact(watched); }, work);
    }
    outcome<void> read(ports::work_ref work) override
    {
        return run([&](ports::work_ref watched) { return behind_.read(watched); }, work);
    }

private:
    template <class Way>
    outcome<void> run(Way way, ports::work_ref work)
    {
        auto const watched = [&](ports::transaction& tx) -> outcome<void> {
            brittle_transaction brittle(*this, tx);
            {
                short_memory::counting const resumed(true);
                MB_CHECK(work(brittle));
            }
            return fails() ? outcome<void>{failure()} : outcome<void>{};
        };
        if (!calls_left && lost_updates == 0) return rehearse(way, watched);
        {
            short_memory::counting const paused(false);
            MB_CHECK(way(watched));
        }
        is_next();
        return {};
    }

    /// Work may run again, and leaves nothing behind where it throws: it runs with memory that is short at its first allocation, at its second one
    /// and so on, until it comes through. Threads that race are left alone, and so is work that goes on and on.
    template <class Way, class Work>
    outcome<void> rehearse(Way way, Work const& watched) const
    {
        constexpr int allocations_max = 1000;
        if (!rehearses || std::this_thread::get_id() != owner_) return way(watched);
        short_memory::counting const paused(false);
        for (int allocations = 0; allocations < allocations_max; ++allocations) {
            short_memory::after(allocations);
            try {
                auto said = way(watched);
                short_memory::never();
                return said;
            } catch (std::bad_alloc const&) {
                short_memory::never();
            }
        }
        return way(watched);
    }

    struct brittle_users final : layer<ports::users> {
        using layer::layer;
        outcome<std::optional<identity::user>> find(identity::user_id id) override
        {
            return attempt([&](auto& to) { return to.find(id); });
        }
        outcome<std::optional<identity::user>> find(identity::email const& address) override
        {
            return attempt([&](auto& to) { return to.find(address); });
        }
        outcome<std::optional<identity::user>> find(identity::username const& name) override
        {
            return attempt([&](auto& to) { return to.find(name); });
        }
        outcome<void> insert(identity::user const& row) override
        {
            return attempt([&](auto& to) { return to.insert(row); });
        }
        outcome<void> update(identity::user const& row) override
        {
            return attempt([&](auto& to) { return to.update(row); });
        }
        outcome<std::vector<identity::user>> list(ports::user_filter const& filter) override
        {
            return attempt([&](auto& to) { return to.list(filter); });
        }
        outcome<std::size_t> count_active(std::string_view role) override
        {
            return attempt([&](auto& to) { return to.count_active(role); });
        }
    };

    struct brittle_families final : layer<ports::families> {
        using layer::layer;
        outcome<std::optional<tokens::family>> find(tokens::family_id id) override
        {
            return attempt([&](auto& to) { return to.find(id); });
        }
        outcome<std::optional<ports::live_access>> find_access(tokens::token_id jti) override
        {
            return attempt([&](auto& to) { return to.find_access(jti); });
        }
        outcome<void> save(tokens::family const& row) override
        {
            return attempt([&](auto& to) { return to.save(row); });
        }
        outcome<std::vector<tokens::family>> list_active(identity::user_id owner_id, instant now, std::optional<tokens::family_id> before,
                                                         std::size_t limit) override
        {
            return attempt([&](auto& to) { return to.list_active(owner_id, now, before, limit); });
        }
        outcome<std::size_t> revoke_all(identity::user_id owner_id, std::optional<tokens::family_id> except, tokens::revocation_reason reason,
                                        instant now) override
        {
            return attempt([&](auto& to) { return to.revoke_all(owner_id, except, reason, now); });
        }
        outcome<std::size_t> purge(instant before, std::size_t batch) override
        {
            return attempt([&](auto& to) { return to.purge(before, batch); });
        }
    };

    struct brittle_sessions final : layer<ports::sessions> {
        using layer::layer;
        outcome<std::optional<ports::live_session>> find_access(identity::digest const& digest) override
        {
            return attempt([&](auto& to) { return to.find_access(digest); });
        }
        outcome<void> save(tokens::session const& row) override
        {
            return attempt([&](auto& to) { return to.save(row); });
        }
        outcome<std::size_t> end_all(identity::user_id owner_id, tokens::session_end why, instant now) override
        {
            return attempt([&](auto& to) { return to.end_all(owner_id, why, now); });
        }
        outcome<void> note_sightings(std::vector<ports::session_sighting> const& sightings) override
        {
            return attempt([&](auto& to) { return to.note_sightings(sightings); });
        }
        outcome<std::size_t> purge(instant before, std::size_t batch) override
        {
            return attempt([&](auto& to) { return to.purge(before, batch); });
        }
    };

    struct brittle_links final : layer<ports::email_tokens> {
        using layer::layer;
        outcome<std::optional<identity::email_token>> find(identity::email_token_id id) override
        {
            return attempt([&](auto& to) { return to.find(id); });
        }
        outcome<void> save(identity::email_token const& row) override
        {
            return attempt([&](auto& to) { return to.save(row); });
        }
        outcome<std::optional<identity::email_token>> newest(identity::user_id owner_id, identity::email_token_type type) override
        {
            return attempt([&](auto& to) { return to.newest(owner_id, type); });
        }
        outcome<std::size_t> failures(identity::user_id owner_id, instant since) override
        {
            return attempt([&](auto& to) { return to.failures(owner_id, since); });
        }
        outcome<std::size_t> block_all(identity::user_id owner_id, identity::link_block why, instant now) override
        {
            return attempt([&](auto& to) { return to.block_all(owner_id, why, now); });
        }
        outcome<std::size_t> purge(instant before, std::size_t batch) override
        {
            return attempt([&](auto& to) { return to.purge(before, batch); });
        }
    };

    struct brittle_api_keys final : layer<ports::api_keys> {
        using layer::layer;
        outcome<std::optional<tokens::api_key>> find(tokens::api_key_id id) override
        {
            return attempt([&](auto& to) { return to.find(id); });
        }
        outcome<std::optional<ports::live_api_key>> find_access(identity::digest const& digest) override
        {
            return attempt([&](auto& to) { return to.find_access(digest); });
        }
        outcome<void> save(tokens::api_key const& row) override
        {
            return attempt([&](auto& to) { return to.save(row); });
        }
        outcome<std::vector<tokens::api_key>> list(identity::user_id owner_id, std::optional<tokens::api_key_id> before, std::size_t limit) override
        {
            return attempt([&](auto& to) { return to.list(owner_id, before, limit); });
        }
        outcome<std::size_t> count_live(identity::user_id owner_id, instant now) override
        {
            return attempt([&](auto& to) { return to.count_live(owner_id, now); });
        }
        outcome<void> note_uses(std::vector<ports::api_key_use> const& uses) override
        {
            return attempt([&](auto& to) { return to.note_uses(uses); });
        }
    };

    struct brittle_lockouts final : layer<ports::lockouts> {
        using layer::layer;
        outcome<std::optional<identity::lockout_counter>> find(std::string_view identity, std::string_view device) override
        {
            return attempt([&](auto& to) { return to.find(identity, device); });
        }
        outcome<void> save(identity::lockout_counter const& row) override
        {
            return attempt([&](auto& to) { return to.save(row); });
        }
        outcome<void> clear(std::string_view identity, std::optional<std::string_view> device) override
        {
            return attempt([&](auto& to) { return to.clear(identity, device); });
        }
        outcome<std::size_t> purge(instant before, std::size_t batch) override
        {
            return attempt([&](auto& to) { return to.purge(before, batch); });
        }
    };

    struct brittle_factors final : layer<ports::second_factors> {
        using layer::layer;
        outcome<std::optional<identity::totp_factor>> find(identity::user_id whose) override
        {
            return attempt([&](auto& to) { return to.find(whose); });
        }
        outcome<void> save(identity::totp_factor const& row) override
        {
            return attempt([&](auto& to) { return to.save(row); });
        }
        outcome<void> remove(identity::user_id whose) override
        {
            return attempt([&](auto& to) { return to.remove(whose); });
        }
        outcome<std::vector<identity::recovery_code>> recovery_codes(identity::user_id whose) override
        {
            return attempt([&](auto& to) { return to.recovery_codes(whose); });
        }
        outcome<void> replace_recovery_codes(identity::user_id whose, std::vector<identity::recovery_code> const& codes) override
        {
            return attempt([&](auto& to) { return to.replace_recovery_codes(whose, codes); });
        }
        outcome<void> spend_recovery_code(identity::recovery_code_id id, instant now) override
        {
            return attempt([&](auto& to) { return to.spend_recovery_code(id, now); });
        }
    };

    struct brittle_keys final : layer<ports::signing_keys> {
        using layer::layer;
        outcome<std::vector<tokens::signing_key>> list() override
        {
            return attempt([](auto& to) { return to.list(); });
        }
        outcome<void> save(tokens::signing_key const& row) override
        {
            return attempt([&](auto& to) { return to.save(row); });
        }
        outcome<std::size_t> purge(instant before, std::size_t batch) override
        {
            return attempt([&](auto& to) { return to.purge(before, batch); });
        }
    };

    struct brittle_roles final : layer<ports::roles> {
        using layer::layer;
        outcome<std::vector<access::role>> list() override
        {
            return attempt([](auto& to) { return to.list(); });
        }
        outcome<std::optional<access::role>> find(std::string_view name) override
        {
            return attempt([&](auto& to) { return to.find(name); });
        }
        outcome<void> insert(access::role const& row) override
        {
            return attempt([&](auto& to) { return to.insert(row); });
        }
        outcome<void> save(access::role const& row) override
        {
            return attempt([&](auto& to) { return to.save(row); });
        }
        outcome<void> remove(std::string_view name) override
        {
            return attempt([&](auto& to) { return to.remove(name); });
        }
    };

    struct brittle_revisions final : layer<ports::catalogue_revisions> {
        using layer::layer;
        outcome<std::int64_t> current() override
        {
            return attempt([](auto& to) { return to.current(); });
        }
        outcome<void> advance() override
        {
            return attempt([](auto& to) { return to.advance(); });
        }
        outcome<std::int64_t> count_restore() override
        {
            return attempt([](auto& to) { return to.count_restore(); });
        }
    };

    struct brittle_outbox final : layer<ports::outbox> {
        using layer::layer;
        outcome<void> append(notify::message const& mail) override
        {
            return attempt([&](auto& to) { return to.append(mail); });
        }
        outcome<std::vector<ports::outbox_entry>> due(instant now, std::size_t limit) override
        {
            return attempt([&](auto& to) { return to.due(now, limit); });
        }
        outcome<ports::taking> take(notify::message_id id, instant now, instant until) override
        {
            return attempt([&](auto& to) { return to.take(id, now, until); });
        }
        outcome<void> mark_sent(notify::message_id id, instant at) override
        {
            return attempt([&](auto& to) { return to.mark_sent(id, at); });
        }
        outcome<void> mark_failed(notify::message_id id, std::string const& why, instant at, std::optional<instant> next) override
        {
            return attempt([&](auto& to) { return to.mark_failed(id, why, at, next); });
        }
        outcome<std::vector<ports::outbox_entry>> newest(std::size_t limit) override
        {
            return attempt([&](auto& to) { return to.newest(limit); });
        }
        outcome<std::size_t> purge(instant before, std::size_t batch) override
        {
            return attempt([&](auto& to) { return to.purge(before, batch); });
        }
        outcome<ports::outbox_backlog> backlog(instant now) override
        {
            return attempt([&](auto& to) { return to.backlog(now); });
        }
        outcome<std::size_t> erase(identity::email const& recipient) override
        {
            return attempt([&](auto& to) { return to.erase(recipient); });
        }
    };

    struct brittle_dossiers final : layer<ports::dossiers> {
        using layer::layer;
        outcome<ports::dossier> collect(identity::user_id who, std::size_t rows_max) override
        {
            return attempt([&](auto& to) { return to.collect(who, rows_max); });
        }
        outcome<void> erase(identity::user_id who, instant now) override
        {
            return attempt([&](auto& to) { return to.erase(who, now); });
        }
        outcome<std::size_t> anonymise_events(instant before, std::size_t batch) override
        {
            return attempt([&](auto& to) { return to.anonymise_events(before, batch); });
        }
        outcome<std::size_t> anonymise_attempts(instant before, std::size_t batch) override
        {
            return attempt([&](auto& to) { return to.anonymise_attempts(before, batch); });
        }
    };

    struct brittle_transaction final : ports::transaction {
        brittle_transaction(brittle_store& owner, ports::transaction& behind)
            : users_(owner, behind.users()),
              families_(owner, behind.families()),
              sessions_(owner, behind.sessions()),
              links_(owner, behind.email_tokens()),
              api_keys_(owner, behind.api_keys()),
              lockouts_(owner, behind.lockouts()),
              factors_(owner, behind.second_factors()),
              keys_(owner, behind.signing_keys()),
              roles_(owner, behind.roles()),
              revisions_(owner, behind.catalogue()),
              audit_(owner, behind.audit()),
              audit_seals_(owner, behind.audit_seals()),
              attempts_(owner, behind.login_attempts()),
              anomalies_(owner, behind.anomalies()),
              outbox_(owner, behind.outbox()),
              dossiers_(owner, behind.dossiers()),
              entities_(owner, behind.entities()),
              records_(owner, behind.records())
        {
        }
        ports::users& users() override { return users_; }
        ports::families& families() override { return families_; }
        ports::sessions& sessions() override { return sessions_; }
        ports::email_tokens& email_tokens() override { return links_; }
        ports::api_keys& api_keys() override { return api_keys_; }
        ports::lockouts& lockouts() override { return lockouts_; }
        ports::second_factors& second_factors() override { return factors_; }
        ports::signing_keys& signing_keys() override { return keys_; }
        ports::roles& roles() override { return roles_; }
        ports::catalogue_revisions& catalogue() override { return revisions_; }
        ports::audit_log& audit() override { return audit_; }
        ports::audit_seals& audit_seals() override { return audit_seals_; }
        ports::login_attempts& login_attempts() override { return attempts_; }
        ports::anomalies& anomalies() override { return anomalies_; }
        ports::outbox& outbox() override { return outbox_; }
        ports::dossiers& dossiers() override { return dossiers_; }
        ports::entities& entities() override { return entities_; }
        ports::records& records() override { return records_; }

        brittle_users users_;
        brittle_families families_;
        brittle_sessions sessions_;
        brittle_links links_;
        brittle_api_keys api_keys_;
        brittle_lockouts lockouts_;
        brittle_factors factors_;
        brittle_keys keys_;
        brittle_roles roles_;
        brittle_revisions revisions_;
        brittle_audit audit_;
        brittle_seals audit_seals_;
        brittle_attempts attempts_;
        brittle_anomalies anomalies_;
        brittle_outbox outbox_;
        brittle_dossiers dossiers_;
        brittle_entities entities_;
        brittle_records records_;
    };

    ports::store& behind_;
    std::thread::id const owner_ = std::this_thread::get_id();
};

/// Does it again and again, each time with memory running short at a later allocation between the call of the storage before that one and that
/// one, which fails.
template <class Act>
void run_short_before(brittle_store& where, int calls, Act act)
{
    bool thrown = true;
    for (int allocations = 0; thrown; ++allocations) {
        REQUIRE(allocations < 10'000);
        where.calls_left = calls;
        where.allocations_before = allocations;
        where.is_next();
        try {
            auto const made = act();
            short_memory::never();
            thrown = false;
            REQUIRE_FALSE(made.has_value());
        } catch (std::bad_alloc const&) {
            short_memory::never();
        }
        where.allocations_before.reset();
        where.calls_left.reset();
    }
}

}  // namespace mb::testing
