#include "adapters/http/bodies.hpp"

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include <type_traits>
#include <utility>

namespace mb::http {

BOOST_DESCRIBE_STRUCT(registration_body, (), (email, password, username, display_name))
BOOST_DESCRIBE_STRUCT(email_body, (), (email))
BOOST_DESCRIBE_STRUCT(credentials_body, (), (email, username, password))
BOOST_DESCRIBE_STRUCT(password_reset_body, (), (token, new_password))
BOOST_DESCRIBE_STRUCT(password_change_body, (), (current_password, new_password))
BOOST_DESCRIBE_STRUCT(profile_body, (), (display_name, username))
BOOST_DESCRIBE_STRUCT(factor_code_body, (), (code))
BOOST_DESCRIBE_STRUCT(factor_verification_body, (), (mfa_session_token, code, recovery_code))
BOOST_DESCRIBE_STRUCT(step_up_body, (), (code, recovery_code, password))
BOOST_DESCRIBE_STRUCT(api_key_body, (), (name, scopes, expires_at))
BOOST_DESCRIBE_STRUCT(user_change_body, (), (roles, status))
BOOST_DESCRIBE_STRUCT(review_body, (), (reviewed))
BOOST_DESCRIBE_STRUCT(role_body, (), (name, description, permissions, administers))
BOOST_DESCRIBE_STRUCT(role_change_body, (), (description, permissions, administers))

namespace {

namespace describe = boost::describe;
constexpr std::size_t list_items_max = 32;

/// The rule that a member's type carries, and how to read an accepted member into it.
template <class T>
struct binding;

template <std::size_t Min, std::size_t Max>
struct binding<text<Min, Max>> {
    static void rule(shape::field_rule& made)
    {
        made.type = shape::kind::text;
        made.length_min = Min;
        made.length_max = Max;
        made.required = true;
        made.control_allowed = false;
    }
    static void read(text<Min, Max>& into, shape::value const& given) { into.value = *given.as<std::string>(); }
};

template <>
struct binding<password_text> {
    static void rule(shape::field_rule& made)
    {
        made.type = shape::kind::text;
        made.required = true;
        made.secret = true;
    }
    static void read(password_text& into, shape::value const& given) { into.value = secret{std::string_view{*given.as<std::string>()}}; }
};

template <class T>
struct binding<std::vector<T>> {
    static void rule(shape::field_rule& made)
    {
        shape::field_rule element;
        binding<T>::rule(element);
        made.type = shape::kind::list;
        made.length_max = list_items_max;
        made.required = true;
        made.element = std::make_shared<shape::field_rule const>(std::move(element));
    }
    static void read(std::vector<T>& into, shape::value const& given)
    {
        for (auto const& item : *given.as<shape::list>()) binding<T>::read(into.emplace_back(), item);
    }
};

template <>
struct binding<truth> {
    static void rule(shape::field_rule& made)
    {
        made.type = shape::kind::boolean;
        made.required = true;
    }
    static void read(truth& into, shape::value const& given) { into.value = *given.as<bool>(); }
};

template <class T, std::size_t Max>
struct binding<long_list<T, Max>> {
    static void rule(shape::field_rule& made)
    {
        binding<std::vector<T>>::rule(made);
        made.length_max = Max;
    }
    static void read(long_list<T, Max>& into, shape::value const& given) { binding<std::vector<T>>::read(into.items, given); }
};

template <class T>
struct binding<std::optional<T>> {
    static void rule(shape::field_rule& made)
    {
        binding<T>::rule(made);
        made.required = false;
    }
    static void read(std::optional<T>& into, shape::value const& given) { binding<T>::read(into.emplace(), given); }
};

template <class T>
struct binding<change<T>> {
    static void rule(shape::field_rule& made)
    {
        binding<T>::rule(made);
        made.required = false;
        made.nullable = true;
    }
    static void read(change<T>& into, shape::value const& given)
    {
        into.what = given.is_null() ? change<T>::kind::clear : change<T>::kind::set;
        if (!given.is_null()) binding<T>::read(into.value, given);
    }
};

template <class Body, class Visit>
void for_each_member(Visit&& visit)
{
    boost::mp11::mp_for_each<describe::describe_members<Body, describe::mod_public>>([&](auto member) {
        using type = std::remove_cvref_t<decltype(std::declval<Body&>().*member.pointer)>;
        visit(member, boost::mp11::mp_identity<type>{});
    });
}

template <class Body>
shape::object_rule const& rule_of_body()
{
    static shape::object_rule const made = [] {
        shape::object_rule rule;
        for_each_member<Body>([&]<class T>(auto member, boost::mp11::mp_identity<T>) {
            auto& field = rule.fields.emplace_back();
            binding<T>::rule(field);
            field.name = member.name;
        });
        return rule;
    }();
    return made;
}

}  // namespace

template <class Body>
std::variant<Body, violations> bind(shape::value const& input)
{
    violations broken;
    (void)shape::accept(rule_of_body<Body>(), input, shape::presence::complete, broken);  // the checked tree itself is read below
    if (!broken.empty()) return broken;
    Body body;
    for_each_member<Body>([&]<class T>(auto member, boost::mp11::mp_identity<T>) {
        if (auto const* given = input.find(member.name)) binding<T>::read(body.*member.pointer, *given);
    });
    return body;
}

template std::variant<registration_body, violations> bind(shape::value const&);
template std::variant<email_body, violations> bind(shape::value const&);
template std::variant<credentials_body, violations> bind(shape::value const&);
template std::variant<password_reset_body, violations> bind(shape::value const&);
template std::variant<password_change_body, violations> bind(shape::value const&);
template std::variant<profile_body, violations> bind(shape::value const&);
template std::variant<factor_code_body, violations> bind(shape::value const&);
template std::variant<factor_verification_body, violations> bind(shape::value const&);
template std::variant<step_up_body, violations> bind(shape::value const&);
template std::variant<api_key_body, violations> bind(shape::value const&);
template std::variant<user_change_body, violations> bind(shape::value const&);
template std::variant<review_body, violations> bind(shape::value const&);
template std::variant<role_body, violations> bind(shape::value const&);
template std::variant<role_change_body, violations> bind(shape::value const&);

shape::object_rule const* rule_of(schema body) noexcept
{
    switch (body) {
        case schema::registration: return &rule_of_body<registration_body>();
        case schema::email_only: return &rule_of_body<email_body>();
        case schema::credentials: return &rule_of_body<credentials_body>();
        case schema::password_reset: return &rule_of_body<password_reset_body>();
        case schema::password_change: return &rule_of_body<password_change_body>();
        case schema::profile_change: return &rule_of_body<profile_body>();
        case schema::factor_code: return &rule_of_body<factor_code_body>();
        case schema::factor_verification: return &rule_of_body<factor_verification_body>();
        case schema::step_up_proof: return &rule_of_body<step_up_body>();
        case schema::new_api_key: return &rule_of_body<api_key_body>();
        case schema::user_change: return &rule_of_body<user_change_body>();
        case schema::review: return &rule_of_body<review_body>();
        case schema::new_role: return &rule_of_body<role_body>();
        case schema::role_change: return &rule_of_body<role_change_body>();
        default: return nullptr;
    }
}

}  // namespace mb::http
