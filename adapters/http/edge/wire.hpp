#pragma once

#include "adapters/http/edge/service.hpp"

#include <string>
#include <string_view>

namespace mb::http {

/// What the request says about the form of its answer.
struct answer_form {
    bool without_body = false;     ///< HEAD: the length is told, the body is not sent
    bool close = false;            ///< "Connection: close"
    bool says_keep_alive = false;  ///< HTTP/1.0 closes unless told otherwise
};

/// Whether every field of the answer can be sent: no control character that would begin another field or another answer.
bool can_be_sent(response const& made) noexcept;

/// Appends the whole answer. @param common_fields  lines that end in CRLF
void append_answer(std::string& out, response const& made, answer_form form, std::string_view common_fields);

}  // namespace mb::http
