#include "tests/adapters/postgres/support.hpp"

#include "tests/fakes/plain_cryptography.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <mutex>

namespace mb::postgres::testing {

ports::sealer const& seals()
{
    static fakes::plain_sealer const made;
    return made;
}

options options_for(std::string const& url, std::size_t connections)
{
    options how;
    how.url = url;
    how.connections = connections;
    return how;
}

std::unique_ptr<postgres_store> store_at(std::string const& url, std::size_t connections)
{
    return must(postgres_store::open(options_for(url, connections), seals()));
}

std::unique_ptr<connection> connect(database const& to)
{
    static session::last_revision seen{-1};
    return must(connection::open(options_for(to.url()), seals(), seen));
}

identity::user user_of(std::uint32_t number)
{
    identity::user made{.id = {}, .address = identity::email::restore("user" + std::to_string(number) + "@example.com"), .roles = {"user"}};
    made.id.bytes = {0x01, 0x90, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
    return made;
}

outcome<void> insert(ports::store& store, std::uint32_t number)
{
    return store.transact([&](ports::transaction& tx) { return tx.users().insert(user_of(number)); });
}

std::size_t users_of(ports::store& store)
{
    return must(ports::read(store, [](ports::transaction& tx) -> outcome<std::size_t> {
        ports::user_filter all;
        all.limit = 10'000;
        MB_TRY(auto const found, tx.users().list(all));
        return found.size();
    }));
}

struct cutting_proxy::state {
    std::filesystem::path folder;
    std::string server;
    int listener = -1;
    std::atomic<bool> stopping{false};
    std::atomic<bool> cut{false};
    std::mutex mutex;
    std::string mark;

    bool is_to_cut(std::string_view bytes)
    {
        std::scoped_lock const lock(mutex);
        return !mark.empty() && bytes.find(mark) != bytes.npos;
    }
};

namespace {

int unix_socket(std::string const& path, bool listening)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    int const made = ::socket(AF_UNIX, SOCK_STREAM, 0);
    auto const* where = reinterpret_cast<sockaddr const*>(&address);
    if (listening ? ::bind(made, where, sizeof address) != 0 || ::listen(made, 8) != 0 : ::connect(made, where, sizeof address) != 0) {
        ::close(made);
        return -1;
    }
    return made;
}

bool pass_on(int to, std::string_view bytes)
{
    while (!bytes.empty()) {
        auto const sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

}  // namespace

cutting_proxy::cutting_proxy(database const& before) : state_(std::make_unique<state>())
{
    auto name = (std::filesystem::temp_directory_path() / "mb-proxy-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    state_->folder = name;
    url_ = before.url();
    auto const host = url_.find("host=") + 5;
    auto const end = url_.find('&', host);
    auto const port = url_.substr(url_.find("port=") + 5);
    state_->server = url_.substr(host, end - host) + "/.s.PGSQL." + port;
    url_.replace(host, end - host, name);
    state_->listener = unix_socket(name + "/.s.PGSQL." + port, true);
    REQUIRE(state_->listener >= 0);
    thread_ = std::thread([&shared = *state_] {
        while (!shared.stopping) {
            pollfd waiting{shared.listener, POLLIN, 0};
            if (::poll(&waiting, 1, 20) <= 0) continue;
            int const client = ::accept(shared.listener, nullptr, nullptr);
            int const server = unix_socket(shared.server, false);
            std::array<char, 65'536> buffer;
            for (bool open = client >= 0 && server >= 0; open && !shared.stopping;) {
                std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
                if (::poll(ends.data(), ends.size(), 20) <= 0) continue;
                for (std::size_t from = 0; from < ends.size() && open; ++from) {
                    if (ends[from].revents == 0) continue;
                    auto const got = ::recv(ends[from].fd, buffer.data(), buffer.size(), 0);
                    open = got > 0 && pass_on(ends[1 - from].fd, {buffer.data(), static_cast<std::size_t>(got)});
                    if (open && from == 0 && shared.is_to_cut({buffer.data(), static_cast<std::size_t>(got)})) {
                        pollfd answered{server, POLLIN, 0};
                        (void)::poll(&answered, 1, 5'000);  // the server has done it, and the client will not hear of it
                        shared.cut = true;
                        open = false;
                    }
                }
            }
            ::close(client);
            ::close(server);
        }
    });
}

cutting_proxy::~cutting_proxy()
{
    state_->stopping = true;
    thread_.join();
    ::close(state_->listener);
    std::error_code ignored;
    std::filesystem::remove_all(state_->folder, ignored);
}

void cutting_proxy::cut_after(std::string bytes)
{
    std::scoped_lock const lock(state_->mutex);
    state_->mark = std::move(bytes);
    state_->cut = false;
}

bool cutting_proxy::has_cut() const noexcept { return state_->cut; }

}  // namespace mb::postgres::testing
