-- Spends refresh tokens: what one answer sets is what a later request sends, so that no token is ever sent twice.
-- Usage: wrk -s refresh.lua <url> -- <file of tokens, one a line> <host:port> <origin>
local tokens, first, last, head = {}, 1, 0, ""

function init(args)
    for line in io.lines(args[1]) do
        last = last + 1
        tokens[last] = line
    end
    head = "POST /api/v1/jwt/refresh HTTP/1.1\r\nHost: " .. args[2] .. "\r\nOrigin: " .. args[3] .. "\r\nContent-Length: 0\r\nCookie: refresh="
end

function request()
    local token = tokens[first]
    tokens[first] = nil
    first = first + 1
    return head .. token .. "\r\n\r\n"
end

function response(status, headers)
    if status ~= 200 then return end  -- wrk counts it
    last = last + 1
    tokens[last] = headers["Set-Cookie"]:match("^refresh=([^;]+)")
end

dofile((debug.getinfo(1, "S").source:sub(2):match("^(.*/)") or "./") .. "report.lua")
