#pragma once

#include "ports/store.hpp"

#include <new>
#include <optional>
#include <utility>

namespace mb::usecases::sample {

/// A store of which one call of a repository fails: the one that finds `calls_left` at 0. Counts calls of what use cases of entities
/// touch. May also pretend that another writer was faster.
class brittle_store final : public ports::store {
public:
    explicit brittle_store(ports::store& behind) noexcept : behind_(behind) {}

    std::optional<int> calls_left;  ///< none: nothing fails
    bool throws = false;            ///< as where memory is short, instead of an error
    int lost_updates = 0;           ///< so many updates of records find another version

    outcome<void> transact(ports::work_ref work) override
    {
        return behind_.transact([&](ports::transaction& tx) {
            brittle_transaction brittle(*this, tx);
            return work(brittle);
        });
    }
    outcome<void> read(ports::work_ref work) override
    {
        return behind_.read([&](ports::transaction& tx) {
            brittle_transaction brittle(*this, tx);
            return work(brittle);
        });
    }

private:
    template <class Call>
    auto attempt(Call&& call) -> decltype(call())
    {
        if (calls_left && (*calls_left)-- == 0) {
            if (throws) throw std::bad_alloc{};
            return error{errc::busy, "brittle_store", {}};
        }
        return call();
    }

    struct brittle_entities final : ports::entities {
        brittle_entities(brittle_store& owner, ports::entities& behind) : owner_(owner), behind_(behind) {}
        outcome<std::vector<mb::entities::entity_definition>> list() override
        {
            return owner_.attempt([&] { return behind_.list(); });
        }
        outcome<std::optional<mb::entities::entity_definition>> find(mb::entities::entity_id id) override
        {
            return owner_.attempt([&] { return behind_.find(id); });
        }
        outcome<std::int64_t> next_number() override
        {
            return owner_.attempt([&] { return behind_.next_number(); });
        }
        outcome<void> save(mb::entities::entity_definition const& entity) override
        {
            return owner_.attempt([&] { return behind_.save(entity); });
        }
        outcome<void> remove(mb::entities::entity_id id) override
        {
            return owner_.attempt([&] { return behind_.remove(id); });
        }
        outcome<void> alter(mb::entities::entity_definition const& entity, mb::entities::schema_plan const& plan) override
        {
            return owner_.attempt([&] { return behind_.alter(entity, plan); });
        }
        brittle_store& owner_;
        ports::entities& behind_;
    };

    struct brittle_records final : ports::records {
        brittle_records(brittle_store& owner, ports::records& behind) : owner_(owner), behind_(behind) {}
        outcome<ports::record_written> insert(mb::entities::entity_definition const& entity, mb::entities::record const& record) override
        {
            return owner_.attempt([&] { return behind_.insert(entity, record); });
        }
        outcome<std::optional<mb::entities::record>> find(mb::entities::entity_definition const& entity, mb::entities::record_id id) override
        {
            return owner_.attempt([&] { return behind_.find(entity, id); });
        }
        outcome<mb::entities::record_page> page(mb::entities::entity_definition const& entity, mb::entities::record_query const& query) override
        {
            return owner_.attempt([&] { return behind_.page(entity, query); });
        }
        outcome<ports::record_written> update(mb::entities::entity_definition const& entity, mb::entities::record const& record,
                                              std::int64_t expected_version) override
        {
            if (owner_.lost_updates-- > 0) return ports::record_written{ports::record_written::state::version_differs};
            return owner_.attempt([&] { return behind_.update(entity, record, expected_version); });
        }
        outcome<ports::record_written> remove(mb::entities::entity_definition const& entity, mb::entities::record_id id,
                                              std::optional<std::int64_t> expected_version) override
        {
            return owner_.attempt([&] { return behind_.remove(entity, id, expected_version); });
        }
        outcome<std::size_t> count(mb::entities::entity_definition const& entity, std::vector<mb::entities::comparison> const& where,
                                   std::size_t cap) override
        {
            return owner_.attempt([&] { return behind_.count(entity, where, cap); });
        }
        brittle_store& owner_;
        ports::records& behind_;
    };

    struct brittle_revisions final : ports::catalogue_revisions {
        brittle_revisions(brittle_store& owner, ports::catalogue_revisions& behind) : owner_(owner), behind_(behind) {}
        outcome<std::int64_t> current() override
        {
            return owner_.attempt([&] { return behind_.current(); });
        }
        outcome<void> advance() override
        {
            return owner_.attempt([&] { return behind_.advance(); });
        }
        outcome<std::int64_t> count_restore() override
        {
            return owner_.attempt([&] { return behind_.count_restore(); });
        }
        brittle_store& owner_;
        ports::catalogue_revisions& behind_;
    };

    struct brittle_audit final : ports::audit_log {
        brittle_audit(brittle_store& owner, ports::audit_log& behind) : owner_(owner), behind_(behind) {}
        outcome<void> append(audit::event const& row) override
        {
            return owner_.attempt([&] { return behind_.append(row); });
        }
        outcome<std::vector<audit::event>> newest(std::size_t limit) override { return behind_.newest(limit); }
        outcome<ports::event_page> page(ports::event_filter const& filter) override { return behind_.page(filter); }
        outcome<std::vector<audit::event>> after(audit::position above, audit::position through, std::size_t limit) override
        {
            return behind_.after(above, through, limit);
        }
        outcome<std::size_t> count(audit::position above, audit::position through) override { return behind_.count(above, through); }
        brittle_store& owner_;
        ports::audit_log& behind_;
    };

    struct brittle_transaction final : ports::transaction {
        brittle_transaction(brittle_store& owner, ports::transaction& tx)
            : tx_(tx),
              entities_(owner, tx.entities()),
              records_(owner, tx.records()),
              revisions_(owner, tx.catalogue()),
              audit_(owner, tx.audit())
        {
        }
        ports::users& users() override { return tx_.users(); }
        ports::families& families() override { return tx_.families(); }
        ports::email_tokens& email_tokens() override { return tx_.email_tokens(); }
        ports::sessions& sessions() override { return tx_.sessions(); }
        ports::api_keys& api_keys() override { return tx_.api_keys(); }
        ports::lockouts& lockouts() override { return tx_.lockouts(); }
        ports::second_factors& second_factors() override { return tx_.second_factors(); }
        ports::signing_keys& signing_keys() override { return tx_.signing_keys(); }
        ports::roles& roles() override { return tx_.roles(); }
        ports::catalogue_revisions& catalogue() override { return revisions_; }
        ports::audit_log& audit() override { return audit_; }
        ports::audit_seals& audit_seals() override { return tx_.audit_seals(); }
        ports::login_attempts& login_attempts() override { return tx_.login_attempts(); }
        ports::anomalies& anomalies() override { return tx_.anomalies(); }
        ports::outbox& outbox() override { return tx_.outbox(); }
        ports::dossiers& dossiers() override { return tx_.dossiers(); }
        ports::entities& entities() override { return entities_; }
        ports::records& records() override { return records_; }

        ports::transaction& tx_;
        brittle_entities entities_;
        brittle_records records_;
        brittle_revisions revisions_;
        brittle_audit audit_;
    };

    ports::store& behind_;
};

}  // namespace mb::usecases::sample
