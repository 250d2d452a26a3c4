# Two stages: the jar is built with Maven, then runs as a plain user on a JRE. Needs a glibc of 2.35 or newer (Debian 12, Ubuntu
# 22.04): the bundled FFmpeg does. The sandbox around FFmpeg needs unprivileged user namespaces; where the container forbids them,
# start with a seccomp profile that allows them, or MILLRACE_SANDBOX=off.
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY pom.xml ./
COPY src ./src
COPY db ./db
RUN mvn -q -B -Dquick -DskipTests package

FROM eclipse-temurin:25-jre
RUN apt-get update \
 && apt-get install -y --no-install-recommends bubblewrap curl tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --user-group --create-home --home-dir /var/lib/millrace millrace \
 && install -d -o millrace -g millrace /var/lib/millrace/data
COPY scripts/jvm.args /opt/millrace/jvm.args
COPY --from=build /src/target/millrace.jar /opt/millrace/millrace.jar
USER millrace
WORKDIR /var/lib/millrace
ENV MILLRACE_HOST=0.0.0.0 MILLRACE_DATA_DIR=/var/lib/millrace/data MILLRACE_LOG=json
VOLUME /var/lib/millrace/data
EXPOSE 8080
STOPSIGNAL SIGTERM
# at the operators' listener, which every role has; MILLRACE_OPS_HOST other than loopback or 0.0.0.0 needs a check of its own
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD curl -fsS "http://127.0.0.1:${MILLRACE_OPS_PORT:-8081}/health/ready" || exit 1
# tini collects the children of boxes that were killed: as process 1 the JVM would leave them as zombies
ENTRYPOINT ["tini", "--", "java", "@/opt/millrace/jvm.args", "-jar", "/opt/millrace/millrace.jar"]
