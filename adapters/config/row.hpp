#pragma once

#include "adapters/config/declarations.hpp"
#include "adapters/config/quantities.hpp"
#include "core/domain/base/text.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mb::config {

/// Writes one row of the table of declarations. Only declarations.cpp includes this.
class row {
public:
    explicit row(std::string name, shape::kind type, std::string fallback = "")
    {
        made_.rule.name = std::move(name);
        made_.rule.type = type;
        if (type == shape::kind::text) made_.rule.length_max = 4096;
        made_.fallback = std::move(fallback);
    }
    operator declaration() && { return std::move(made_); }

    row&& alias(std::string_view name) && { return made_.aliases.push_back(name), std::move(*this); }
    row&& means(std::string es, std::string en) && { return made_.meaning = {std::move(es), std::move(en)}, std::move(*this); }
    row&& without(std::string es, std::string en) && { return made_.without = {std::move(es), std::move(en)}, std::move(*this); }
    row&& section(std::string es, std::string en) && { return made_.section = {std::move(es), std::move(en)}, std::move(*this); }
    row&& in_development(std::string fallback) && { return made_.development_fallback = std::move(fallback), std::move(*this); }
    row&& required_in_production() && { return made_.required_in_production = true, std::move(*this); }
    row&& hidden() && { return made_.rule.secret = true, std::move(*this); }
    row&& may_hold_password() && { return made_.may_hold_password = true, std::move(*this); }
    row&& must(demand what) && { return made_.demands.push_back(std::move(what)), std::move(*this); }
    row&& must(bool (*is_met)(std::string_view), std::string es, std::string en) &&
    {
        return std::move(*this).must(demand{is_met, {std::move(es), std::move(en)}});
    }
    row&& read_as(reading how) && { return made_.read = how, std::move(*this); }
    row&& with(support state) && { return made_.state = state, std::move(*this); }
    row&& between(std::int64_t min, std::int64_t max) &&
    {
        made_.rule.min = min;
        made_.rule.max = max;
        return std::move(*this);
    }
    row&& options(std::vector<std::string> names) && { return made_.rule.options = std::move(names), std::move(*this); }
    row&& length(std::size_t min, std::size_t max) &&
    {
        made_.rule.length_min = min;
        made_.rule.length_max = max;
        return std::move(*this);
    }

    /// What to do with the scalar that was read, as a T.
    template <class T, class F>
    row&& into_as(F keep) &&
    {
        made_.store = [keep](settings& s, content&& read) { keep(s, std::get<T>(std::move(std::get<shape::scalar>(read)))); };
        return std::move(*this);
    }
    template <class F>
    row&& into(F keep) &&
    {
        return std::move(*this).template into_as<std::string>(keep);
    }
    template <class F>
    row&& into_secret(F keep) &&
    {
        made_.store = [keep](settings& s, content&& read) { keep(s, std::get<secret>(std::move(read))); };
        return std::move(*this);
    }
    template <class T>
    row&& into_whole(T settings::*member) &&
    {
        made_.store = [member](settings& s, content&& read) { s.*member = std::get<T>(std::move(read)); };
        return std::move(*this);
    }

private:
    declaration made_;
};

/// @param into  null where .into() says what becomes of it
inline row text(std::string name, std::string fallback, std::string settings::*into)
{
    row made(std::move(name), shape::kind::text, std::move(fallback));
    if (into != nullptr) std::move(made).into([into](settings& s, std::string given) { s.*into = std::move(given); });
    return made;
}

template <class Integer>
row integer(std::string name, std::string fallback, std::int64_t min, std::int64_t max, Integer settings::*into)
{
    return row(std::move(name), shape::kind::integer, std::move(fallback))
        .between(min, max)
        .template into_as<std::int64_t>([into](settings& s, std::int64_t given) { s.*into = static_cast<Integer>(given); });
}

inline row time(reading how, std::string name, std::string fallback, duration min, duration max, duration settings::*into)
{
    return row(std::move(name), shape::kind::integer, std::move(fallback))
        .read_as(how)
        .between(min.count(), max.count())
        .into_as<std::int64_t>([into](settings& s, std::int64_t micros) { s.*into = duration{micros}; });
}
inline row span(std::string name, std::string fallback, duration min, duration max, duration settings::*into)
{
    return time(reading::span, std::move(name), std::move(fallback), min, max, into);
}
inline row milliseconds(std::string name, std::string fallback, duration min, duration max, duration settings::*into)
{
    return time(reading::milliseconds, std::move(name), std::move(fallback), min, max, into);
}

inline row flag(std::string name, std::string fallback, bool settings::*into)
{
    return row(std::move(name), shape::kind::boolean, std::move(fallback)).into_as<bool>([into](settings& s, bool given) { s.*into = given; });
}

template <class Enum>
row choice(std::string name, std::string fallback, std::vector<std::pair<std::string, Enum>> named, Enum settings::*into)
{
    std::vector<std::string> names;
    for (auto const& each : named) names.push_back(each.first);
    return row(std::move(name), shape::kind::enumeration, std::move(fallback))
        .options(std::move(names))
        .into([named, into](settings& s, std::string given) {
            for (auto const& [known, value] : named)
                if (known == given) s.*into = value;
        });
}

inline row allowance(std::string name, std::string fallback, rate settings::*into)
{
    return row(std::move(name), shape::kind::text, std::move(fallback)).read_as(reading::rate).into_whole(into);
}

inline row list(std::string name, std::vector<std::string> settings::*into)
{
    return row(std::move(name), shape::kind::text).read_as(reading::list).into_whole(into);
}

inline row key(std::string name, std::size_t characters_min, std::optional<secret> settings::*into)
{
    return row(std::move(name), shape::kind::text).hidden().length(characters_min, 1024).into_secret([into](settings& s, secret given) {
        s.*into = std::move(given);
    });
}

inline row later(std::string name, shape::kind type = shape::kind::text, reading how = reading::plain)
{
    return row(std::move(name), type).read_as(how).with(support::later);
}

}  // namespace mb::config
