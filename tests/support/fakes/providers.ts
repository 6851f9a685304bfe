/** What identity providers put into tokens, and what Waymark is set to for it: the table in docs/callers.md. */
export type Provider = {
  /** Beside AUTH_ISSUER and AUTH_JWKS. */
  variables: Record<string, string>;
  learner: { id: string; claims: Record<string, unknown> };
  /** Of a server that reads and writes. */
  server: Record<string, unknown>;
};

export const PROVIDERS: Record<string, Provider> = {
  // An access token has client_id and no aud; the names of scopes have the resource server's identifier before them.
  Cognito: {
    variables: { AUTH_CLIENT_IDS: "3n4b5urk1ft4fl3mg5e62d9ado,server2f3g4h", AUTH_LEARNER_CLAIM: "username" },
    learner: {
      id: "ada",
      claims: {
        sub: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        token_use: "access",
        client_id: "3n4b5urk1ft4fl3mg5e62d9ado",
        scope: "openid aws.cognito.signin.user.admin",
        username: "ada",
        "cognito:groups": ["learners"],
        aud: undefined,
      },
    },
    server: {
      sub: "server2f3g4h",
      token_use: "access",
      client_id: "server2f3g4h",
      scope: "waymark/read waymark/write",
      aud: undefined,
    },
  },
  // A user's scopes are in scp, a daemon's app roles in roles; sub differs from app to app, oid does not.
  Entra: {
    variables: { AUTH_AUDIENCE: "6e74172b-be56-4843-9ff4-e66a39bb12e3", AUTH_LEARNER_CLAIM: "oid" },
    learner: {
      id: "690222be-ff1a-4d56-abd1-7e4f7d38e474",
      claims: {
        aud: "6e74172b-be56-4843-9ff4-e66a39bb12e3",
        azp: "17b7c9ab-5cd9-4c07-8a4b-2b1e0a6a1e7c",
        oid: "690222be-ff1a-4d56-abd1-7e4f7d38e474",
        sub: "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ",
        scp: "access_as_user",
        preferred_username: "ada@example.com",
        ver: "2.0",
      },
    },
    server: {
      aud: "6e74172b-be56-4843-9ff4-e66a39bb12e3",
      azp: "0c1f4a5e-5df8-4a54-8e0e-5e8d1c7f6b11",
      oid: "f1b9a0b8-9c38-4f2e-8f64-0a6d0f3c8a55",
      sub: "f1b9a0b8-9c38-4f2e-8f64-0a6d0f3c8a55",
      roles: ["waymark.read", "waymark.write"],
      ver: "2.0",
    },
  },
  Auth0: {
    variables: { AUTH_AUDIENCE: "https://waymark.example.com" },
    learner: {
      id: "auth0|507f1f77bcf86cd799439020",
      claims: {
        sub: "auth0|507f1f77bcf86cd799439020",
        aud: ["https://waymark.example.com", "https://example.eu.auth0.com/userinfo"],
        azp: "my_client_id",
        scope: "openid profile email",
      },
    },
    server: {
      sub: "my_server_id@clients",
      aud: "https://waymark.example.com",
      azp: "my_server_id",
      scope: "waymark:read waymark:write",
      gty: "client-credentials",
    },
  },
  // Without an audience mapper aud is "account", whoever the token is for; the client is in azp.
  Keycloak: {
    variables: { AUTH_CLIENT_IDS: "lms,lms-server" },
    learner: {
      id: "f3b3c1de-7d7a-4f0a-8d5e-2a7c1e9b0d11",
      claims: {
        sub: "f3b3c1de-7d7a-4f0a-8d5e-2a7c1e9b0d11",
        aud: "account",
        azp: "lms",
        typ: "Bearer",
        scope: "openid profile email",
        realm_access: { roles: ["offline_access", "uma_authorization"] },
      },
    },
    server: {
      sub: "0e6a8b1c-2f55-4ac4-a94d-5a1b34a5f0aa",
      aud: "account",
      azp: "lms-server",
      client_id: "lms-server",
      typ: "Bearer",
      scope: "waymark:read waymark:write",
    },
  },
  // The token is an ID token: it has the project as aud, and rights only as custom claims.
  Firebase: {
    variables: { AUTH_AUDIENCE: "my-project", AUTH_LEARNER_CLAIM: "user_id" },
    learner: {
      id: "WxZ1b2Qk3YdHfT9u",
      claims: {
        sub: "WxZ1b2Qk3YdHfT9u",
        user_id: "WxZ1b2Qk3YdHfT9u",
        aud: "my-project",
        email: "ada@example.com",
        email_verified: true,
        firebase: { identities: { email: ["ada@example.com"] }, sign_in_provider: "password" },
      },
    },
    server: { sub: "lms-server", user_id: "lms-server", aud: "my-project", roles: ["waymark:read", "waymark:write"] },
  },
};
