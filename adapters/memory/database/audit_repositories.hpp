#pragma once

#include "adapters/memory/database/tables.hpp"
#include "ports/anomalies.hpp"
#include "ports/audit_repositories.hpp"
#include "ports/dossiers.hpp"

namespace mb::memory {

class audit_rows final : public ports::audit_log {
public:
    explicit audit_rows(workspace space) noexcept : space_(space) {}
    outcome<void> append(audit::event const& added) override;
    outcome<std::vector<audit::event>> newest(std::size_t limit) override;
    outcome<ports::event_page> page(ports::event_filter const& filter) override;
    outcome<std::vector<audit::event>> after(audit::position above, audit::position through, std::size_t limit) override;
    outcome<std::size_t> count(audit::position above, audit::position through) override;

private:
    workspace space_;
};

class seal_rows final : public ports::audit_seals {
public:
    explicit seal_rows(workspace space) noexcept : space_(space) {}
    outcome<std::optional<audit::seal>> newest() override;
    outcome<void> append(audit::seal const& added) override;
    outcome<std::vector<audit::seal>> after(std::int64_t number, std::size_t limit) override;
    outcome<std::vector<audit::seal>> reaching(audit::position above) override;
    outcome<void> forget(instant until) override;

private:
    workspace space_;
};

class attempt_rows final : public ports::login_attempts {
public:
    explicit attempt_rows(workspace space) noexcept : space_(space) {}
    outcome<void> append(ports::login_attempt const& added) override;
    outcome<std::vector<ports::login_attempt>> newest(std::size_t limit) override;
    outcome<ports::attempt_page> page(ports::attempt_filter const& filter) override;
    outcome<std::vector<ports::login_attempt>> after(audit::position above, audit::position through, std::size_t limit) override;
    outcome<std::size_t> count(audit::position above, audit::position through) override;

private:
    workspace space_;
};

class anomaly_rows final : public ports::anomalies {
public:
    explicit anomaly_rows(workspace space) noexcept : space_(space) {}
    outcome<std::optional<anomaly::finding>> find(audit::log_id id) override;
    outcome<std::optional<anomaly::finding>> find_open(anomaly::kind what, std::string_view subject, instant at) override;
    outcome<void> save(anomaly::finding const& saved) override;
    outcome<ports::anomaly_page> page(ports::anomaly_filter const& filter) override;
    outcome<std::size_t> anonymise(instant before, std::size_t batch) override;

private:
    workspace space_;
};

class dossier_rows final : public ports::dossiers {
public:
    explicit dossier_rows(workspace space) noexcept : space_(space) {}
    outcome<ports::dossier> collect(identity::user_id who, std::size_t rows_max) override;
    outcome<void> erase(identity::user_id who, instant now) override;
    outcome<std::size_t> anonymise_events(instant before, std::size_t batch) override;
    outcome<std::size_t> anonymise_attempts(instant before, std::size_t batch) override;

private:
    workspace space_;
};

class outbox_rows final : public ports::outbox {
public:
    explicit outbox_rows(workspace space) noexcept : space_(space) {}
    outcome<void> append(notify::message const& added) override;
    outcome<std::vector<ports::outbox_entry>> due(instant now, std::size_t limit) override;
    outcome<ports::taking> take(notify::message_id id, instant now, instant until) override;
    outcome<void> mark_sent(notify::message_id id, instant at) override;
    outcome<void> mark_failed(notify::message_id id, std::string const& why, instant at, std::optional<instant> next) override;
    outcome<std::vector<ports::outbox_entry>> newest(std::size_t limit) override;
    /// Messages that expired AT or before `before`, sent or not.
    outcome<std::size_t> purge(instant before, std::size_t batch) override;
    outcome<ports::outbox_backlog> backlog(instant now) override;
    outcome<std::size_t> erase(identity::email const& recipient) override;

private:
    workspace space_;
};

}  // namespace mb::memory
