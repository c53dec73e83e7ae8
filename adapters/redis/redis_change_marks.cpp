#include "adapters/redis/redis_change_marks.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <system_error>
#include <thread>

namespace mb::redis {
namespace {

constexpr std::string_view life_ms = "3600000";  // of a mark: long, since its end only costs a reading
constexpr auto pause = std::chrono::milliseconds{20};

error unreadable_mark() { return {errc::unavailable, "redis.change_marks", "a mark can't be read"}; }

std::optional<std::uint64_t> mark_of(reply const& said) noexcept
{
    if (said.what != reply::kind::text || said.text.size() != 16) return std::nullopt;
    std::uint64_t mark = 0;
    auto const [end, fault] = std::from_chars(said.text.data(), said.text.data() + said.text.size(), mark, 16);
    if (fault != std::errc{} || end != said.text.data() + said.text.size()) return std::nullopt;
    return mark;
}

/// The two marks of an MGET, or nothing where one is missing.
outcome<std::optional<ports::change_marks::seen>> read(reply const& said, std::uint64_t run)
{
    if (said.what != reply::kind::list || said.items.size() != 2) return unreadable_mark();
    for (auto const& each : said.items)
        if (each.what == reply::kind::nothing) return std::optional<ports::change_marks::seen>{};
    auto const user = mark_of(said.items[0]);
    auto const catalogue = mark_of(said.items[1]);
    if (!user || !catalogue) return unreadable_mark();
    return std::optional{ports::change_marks::seen{*user, *catalogue, run}};
}

}  // namespace

redis_change_marks::redis_change_marks(client& on, key_names names, ports::randomness const& random, duration trust)
    : on_(on),
      names_(std::move(names)),
      random_(random),
      trust_(trust),
      catalogue_key_(names_.plain("mark", "catalogue"))
{
}

std::string redis_change_marks::name_of(identity::user_id user) { return hex({reinterpret_cast<char const*>(user.bytes.data()), user.bytes.size()}); }

std::string redis_change_marks::new_mark() const
{
    std::array<std::uint8_t, 8> drawn{};
    random_.fill(drawn);
    return hex({reinterpret_cast<char const*>(drawn.data()), drawn.size()});
}

outcome<ports::change_marks::seen> redis_change_marks::look(identity::user_id user)
{
    auto const user_key = names_.plain("mark", name_of(user));
    command const both{"MGET", user_key, catalogue_key_};
    MB_TRY(auto const said, on_.ask({&both, 1}));
    MB_TRY(auto const found, read(said.replies.front(), said.server_run));
    if (found) return *found;

    // a mark that another replica makes meanwhile is as good as ours
    std::array const making{command{"SET", user_key, new_mark(), "NX", "PX", life_ms},
                            command{"SET", catalogue_key_, new_mark(), "NX", "PX", life_ms}, both};
    MB_TRY(auto const made, on_.ask(making));
    MB_TRY(auto const now_there, read(made.replies.back(), made.server_run));
    if (!now_there) return unreadable_mark();
    return *now_there;
}

bool redis_change_marks::tell(changes const& what)
{
    std::vector<std::string> keys;
    std::vector<command> commands;
    for (auto const& each : what.users) keys.push_back(names_.plain("mark", name_of(each)));
    if (what.catalogue) keys.push_back(catalogue_key_);
    std::vector<std::string_view> words{"DEL"};
    words.insert(words.end(), keys.begin(), keys.end());
    commands.emplace_back(words);
    // after the marks are gone: whoever hears this looks, and must not find them
    for (auto const& each : what.users) commands.push_back(command{"PUBLISH", channel(), name_of(each)});
    if (what.catalogue) commands.push_back(command{"PUBLISH", channel(), "*"});
    auto const said = on_.ask(commands);
    return said && said->replies.front().what == reply::kind::integer;
}

void redis_change_marks::changed(changes const& what)
{
    if (what.empty()) return;
    auto const until = std::chrono::steady_clock::now() + trust_;
    if (tell(what) || !what.urgent) return;
    while (std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(pause);
        if (on_.is_up() && tell(what)) return;
    }
}

}  // namespace mb::redis
