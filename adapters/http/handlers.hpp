#pragma once

#include "adapters/http/exchange.hpp"

namespace mb::http {

// One function a row of the route table. Each may throw only what the application turns into a 500.

response show_index(exchange&);
response show_health(exchange&);
response show_live(exchange&);
response show_ready(exchange&);
response show_metrics(exchange&);
response show_openapi(exchange&);
response show_api_docs(exchange&);
response show_stylesheet(exchange&);
response show_api_docs_script(exchange&);
response show_link_form_script(exchange&);

response register_account(exchange&);
response verify_email(exchange&);
response resend_verification(exchange&);
response log_in(exchange&);
response log_out(exchange&);
response forgot_password(exchange&);
response check_reset(exchange&);
response reset_password(exchange&);
response change_password(exchange&);
response show_me(exchange&);
response change_me(exchange&);
response erase_me(exchange&);
response show_my_data(exchange&);
response erase_user(exchange&);

response refresh(exchange&);
response list_sessions(exchange&);
response revoke_session(exchange&);
response log_out_everywhere(exchange&);

response show_basic(exchange&);
response open_session(exchange&);
response show_session(exchange&);
response close_session(exchange&);
response send_magic_link(exchange&);
response log_in_by_link(exchange&);

response set_up_factor(exchange&);
response enable_factor(exchange&);
response disable_factor(exchange&);
response verify_factor(exchange&);
response step_up(exchange&);
response count_recovery_codes(exchange&);
response renew_recovery_codes(exchange&);

response make_api_key(exchange&);
response list_api_keys(exchange&);
response revoke_api_key(exchange&);

response rotate_key(exchange&);
response list_keys(exchange&);
response list_users(exchange&);
response show_user(exchange&);
response change_user(exchange&);
response unlock_user(exchange&);

response list_events(exchange&);
response export_events(exchange&);
response list_attempts(exchange&);
response list_reports(exchange&);
response show_report(exchange&);
response list_anomalies(exchange&);
response review_anomaly(exchange&);

response list_roles(exchange&);
response create_role(exchange&);
response show_role(exchange&);
response change_role(exchange&);
response delete_role(exchange&);

response list_entities(exchange&);
response create_entity(exchange&);
response show_entity(exchange&);
response update_entity(exchange&);
response delete_entity(exchange&);
response show_entity_schema(exchange&);
response create_field(exchange&);
response update_field(exchange&);
response delete_field(exchange&);

response list_records(exchange&);
response create_record(exchange&);
response show_record(exchange&);
response replace_record(exchange&);
response patch_record(exchange&);
response delete_record(exchange&);

}  // namespace mb::http
