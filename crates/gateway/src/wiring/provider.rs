//! Who hands out models and chats, and the variables in which the gateway looks for what they ask for.

/// A provider of models.
pub(super) struct Provider {
    /// The name in front of a model's slash.
    pub(super) name: &'static str,
    /// The variable of its key.
    pub(super) key: &'static str,
    /// Variables that the gateway takes as well.
    pub(super) instead: &'static [&'static str],
}

const fn provider(name: &'static str, key: &'static str, instead: &'static [&'static str]) -> Provider {
    Provider { name, key, instead }
}

/// The providers that the pinned release knows by a key.
pub(super) const PROVIDERS: [Provider; 24] = [
    provider("anthropic", "ANTHROPIC_API_KEY", &["ANTHROPIC_OAUTH_TOKEN"]),
    provider("cerebras", "CEREBRAS_API_KEY", &[]),
    provider("cohere", "COHERE_API_KEY", &[]),
    provider("deepseek", "DEEPSEEK_API_KEY", &[]),
    provider("fireworks", "FIREWORKS_API_KEY", &[]),
    provider("github-copilot", "COPILOT_GITHUB_TOKEN", &[]),
    provider("google", "GEMINI_API_KEY", &["GOOGLE_API_KEY"]),
    provider("groq", "GROQ_API_KEY", &[]),
    provider("huggingface", "HF_TOKEN", &["HUGGINGFACE_HUB_TOKEN"]),
    provider("litellm", "LITELLM_API_KEY", &[]),
    provider("minimax", "MINIMAX_API_KEY", &["MINIMAX_CODE_PLAN_KEY", "MINIMAX_CODING_API_KEY"]),
    provider("mistral", "MISTRAL_API_KEY", &[]),
    provider("moonshot", "MOONSHOT_API_KEY", &[]),
    provider("nvidia", "NVIDIA_API_KEY", &[]),
    provider("ollama-cloud", "OLLAMA_API_KEY", &[]),
    provider("openai", "OPENAI_API_KEY", &[]),
    provider("opencode", "OPENCODE_API_KEY", &["OPENCODE_ZEN_API_KEY"]),
    provider("opencode-go", "OPENCODE_API_KEY", &["OPENCODE_ZEN_API_KEY"]),
    provider("openrouter", "OPENROUTER_API_KEY", &[]),
    provider("qwen", "QWEN_API_KEY", &["MODELSTUDIO_API_KEY", "DASHSCOPE_API_KEY"]),
    provider("together", "TOGETHER_API_KEY", &[]),
    provider("venice", "VENICE_API_KEY", &[]),
    provider("xai", "XAI_API_KEY", &[]),
    provider("zai", "ZAI_API_KEY", &[]),
];

/// What a chat asks for.
pub(super) struct ChannelToken {
    /// The chat, as its settings are called.
    pub(super) channel: &'static str,
    /// The settings that may hold it.
    pub(super) settings: &'static [&'static str],
    /// The variable that holds it where none of them does.
    pub(super) variable: &'static str,
    /// What the secret is called, in front of the bot's name.
    pub(super) secret: &'static str,
}

const fn token(
    channel: &'static str,
    settings: &'static [&'static str],
    variable: &'static str,
    secret: &'static str,
) -> ChannelToken {
    ChannelToken { channel, settings, variable, secret }
}

/// The tokens that the pinned release takes from the environment, for the first account of a chat.
pub(super) const CHANNEL_TOKENS: [ChannelToken; 8] = [
    token("discord", &["token"], "DISCORD_BOT_TOKEN", "discord_token"),
    token("line", &["channelAccessToken", "tokenFile"], "LINE_CHANNEL_ACCESS_TOKEN", "line_token"),
    token("line", &["channelSecret", "secretFile"], "LINE_CHANNEL_SECRET", "line_secret"),
    token("mattermost", &["botToken"], "MATTERMOST_BOT_TOKEN", "mattermost_token"),
    token("slack", &["botToken"], "SLACK_BOT_TOKEN", "slack_token"),
    token("slack", &["appToken"], "SLACK_APP_TOKEN", "slack_app_token"),
    token("telegram", &["botToken", "tokenFile"], "TELEGRAM_BOT_TOKEN", "telegram_token"),
    token("zalo", &["botToken", "tokenFile"], "ZALO_BOT_TOKEN", "zalo_token"),
];
