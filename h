HTTP/1.1 200 OK
content-type: text/html; charset=utf-8
vary: HX-Request, HX-Target, Cookie, Accept-Language, Accept-Encoding
x-frame-options: DENY
content-length: 10986
content-language: en
content-encoding: gzip
content-security-policy: script-src 'self'; form-action 'self'; img-src 'self' data:; base-uri 'self'; frame-ancestors 'none'; default-src 'self'; object-src 'none'; style-src 'self'
x-content-type-options: nosniff
referrer-policy: same-origin
cross-origin-opener-policy: same-origin
x-request-id: dd95d2cc34413494
set-cookie:  csrftoken=WyzAIa38YKaMYRsklWE6BDyxbf42tbgE; expires=Sun, 28 Nov 2027 10:58:35 GMT; Max-Age=31449600; Path=/; SameSite=Lax
server: granian
date: Sun, 29 Nov 2026 10:58:35 GMT

