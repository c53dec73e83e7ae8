#include "adapters/memory/database/memory_store.hpp"

#include "adapters/memory/database/audit_repositories.hpp"
#include "adapters/memory/database/entity_repositories.hpp"
#include "adapters/memory/database/identity_repositories.hpp"
#include "adapters/memory/database/tables.hpp"

#include <utility>

namespace mb::memory {
namespace {

class unit final : public ports::transaction {
public:
    explicit unit(workspace const& space)
        : users_(space),
          families_(space),
          sessions_(space),
          email_tokens_(space),
          api_keys_(space),
          lockouts_(space),
          second_factors_(space),
          signing_keys_(space),
          roles_(space),
          catalogue_(space),
          audit_(space),
          audit_seals_(space),
          login_attempts_(space),
          anomalies_(space),
          outbox_(space),
          dossiers_(space),
          entities_(space),
          records_(space)
    {
    }

    ports::users& users() override { return users_; }
    ports::families& families() override { return families_; }
    ports::sessions& sessions() override { return sessions_; }
    ports::email_tokens& email_tokens() override { return email_tokens_; }
    ports::api_keys& api_keys() override { return api_keys_; }
    ports::lockouts& lockouts() override { return lockouts_; }
    ports::second_factors& second_factors() override { return second_factors_; }
    ports::signing_keys& signing_keys() override { return signing_keys_; }
    ports::roles& roles() override { return roles_; }
    ports::catalogue_revisions& catalogue() override { return catalogue_; }
    ports::audit_log& audit() override { return audit_; }
    ports::audit_seals& audit_seals() override { return audit_seals_; }
    ports::login_attempts& login_attempts() override { return login_attempts_; }
    ports::anomalies& anomalies() override { return anomalies_; }
    ports::outbox& outbox() override { return outbox_; }
    ports::dossiers& dossiers() override { return dossiers_; }
    ports::entities& entities() override { return entities_; }
    ports::records& records() override { return records_; }

private:
    user_rows users_;
    family_rows families_;
    session_rows sessions_;
    email_token_rows email_tokens_;
    api_key_rows api_keys_;
    lockout_rows lockouts_;
    factor_rows second_factors_;
    signing_key_rows signing_keys_;
    role_rows roles_;
    catalogue_counter catalogue_;
    audit_rows audit_;
    seal_rows audit_seals_;
    attempt_rows login_attempts_;
    anomaly_rows anomalies_;
    outbox_rows outbox_;
    dossier_rows dossiers_;
    entity_rows entities_;
    record_rows records_;
};

/// Says who writes, for as long as it lives.
class writing {
public:
    explicit writing(std::atomic<std::thread::id>& who) : who_(who) { who_ = std::this_thread::get_id(); }
    ~writing() { who_ = std::thread::id{}; }
    writing(writing const&) = delete;
    writing& operator=(writing const&) = delete;

private:
    std::atomic<std::thread::id>& who_;
};

}  // namespace

memory_store::memory_store() : committed_(std::make_shared<tables const>()) {}
memory_store::~memory_store() = default;

std::shared_ptr<tables const> memory_store::latest() const
{
    std::scoped_lock const lock(publishing_);
    return committed_;
}

outcome<void> memory_store::transact(ports::work_ref work)
{
    if (writer_ == std::this_thread::get_id()) return error{errc::unexpected, "memory.transact", "nested"};
    std::scoped_lock const lock(one_writer_);
    writing const mark(writer_);
    auto own = std::make_shared<tables>(*latest());
    unit repositories{workspace{*own}};
    MB_CHECK(work(repositories));  // an error drops the copy: that is the rollback
    std::shared_ptr<tables const> done = std::move(own);
    std::scoped_lock const publish(publishing_);
    committed_.swap(done);
    return {};
}

outcome<void> memory_store::read(ports::work_ref work)
{
    auto const snapshot = latest();
    unit repositories{workspace{*snapshot}};
    return work(repositories);
}

}  // namespace mb::memory
