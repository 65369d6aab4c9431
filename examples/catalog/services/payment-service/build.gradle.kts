plugins { java }

java {
    toolchain { languageVersion = JavaLanguageVersion.of(17) }
}

dependencies {
    implementation("example.marlow:core-payment:7.0.0")
}
