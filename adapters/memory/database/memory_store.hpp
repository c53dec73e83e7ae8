#pragma once

#include "ports/store.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

namespace mb::memory {

struct tables;

/// The whole database in memory, for labs, embedders and tests: it stores, refuses duplicates, rolls back and isolates like the others,
/// and forgets everything when it goes.
/// One writer at a time; readers never wait for it. There is no conflict, so work runs once. Transacting inside transact() is
/// @error unexpected.
class memory_store final : public ports::store {
public:
    memory_store();
    ~memory_store() override;
    memory_store(memory_store const&) = delete;
    memory_store& operator=(memory_store const&) = delete;

    outcome<void> transact(ports::work_ref work) override;
    outcome<void> read(ports::work_ref work) override;

private:
    std::shared_ptr<tables const> latest() const;

    std::mutex one_writer_;
    std::atomic<std::thread::id> writer_;  ///< who is inside transact()
    mutable std::mutex publishing_;
    std::shared_ptr<tables const> committed_;
};

}  // namespace mb::memory
